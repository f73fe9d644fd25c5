import { MmdinError } from "../../errors.js";
import { type DType, formatShape, type Shape, sameShape } from "../shape.js";
import { type OpName, type Tensor, topological } from "../tensor.js";
import { EMIT_RULES, type Emitter, sizeInput } from "./emit-rules.js";
import { type Attribute, encodeModel, type OnnxGraph, type OnnxNode, type OnnxTensor } from "./model-proto.js";

export interface GraphInput {
  name: string;
  shape: Shape;
  dtype: DType;
}
export interface EmittedGraph {
  /** The ONNX model, ready to load. */
  bytes: Uint8Array;
  /** The inputs that the outputs need, in the order of first use. `size:U` carries letter U, `size:B*T` a product, as int64 [1]. */
  inputs: GraphInput[];
  outputs: GraphInput[];
}
export interface EmitOptions {
  /** Tensors that are computed elsewhere and fed under these names: where a graph is cut into stages. */
  cut?: ReadonlyMap<Tensor, string>;
  /** Whether only ops of the ONNX standard are written, none of ONNX Runtime's own; default false. */
  standard?: boolean;
}

/**
 * Writes the part of a graph that the named outputs need as an ONNX model.
 *
 * @throws MmdinError MODEL where one name stands for two inputs, or for an input and an output.
 */
export function emitGraph(outputs: Readonly<Record<string, Tensor>>, options: EmitOptions = {}): EmittedGraph {
  const graph = emitNodes(outputs, options);
  return { bytes: encodeModel(graph), inputs: graph.inputs, outputs: graph.outputs };
}

/** The same as nodes, values and initialisers, for whoever makes them part of another model. Errors as `emitGraph`. */
export function emitNodes(
  outputs: Readonly<Record<string, Tensor>>,
  { cut = new Map(), standard = false }: EmitOptions = {},
): OnnxGraph {
  const order = topologicalUntil(Object.values(outputs), cut);
  const graph = new GraphEmitter(cut, { taken: checkNames(order, outputs), standard });
  for (const [name, tensor] of Object.entries(outputs)) graph.reserve(tensor, name);
  for (const tensor of order) graph.add(tensor);
  for (const [name, tensor] of Object.entries(outputs)) graph.output(name, tensor);
  return graph.finish();
}

/** Names of all inputs and outputs of a graph; refuses those that mean two things. */
export function checkNames(order: readonly Tensor[], outputs: Readonly<Record<string, Tensor>>): Set<string> {
  const inputs = new Map<string, Tensor<"input">>();
  const describe = ({ shape, dtype }: Tensor): string => `${dtype} ${formatShape(shape)}`;
  for (const tensor of order) {
    if (!isOp(tensor, "input")) continue;
    const { name } = tensor.attributes;
    const known = inputs.get(name);
    if (known !== undefined && !(known.dtype === tensor.dtype && sameShape(known.shape, tensor.shape))) {
      throw new MmdinError("MODEL", `input ${name} is declared twice`, {
        expected: describe(known),
        got: describe(tensor),
      });
    }
    inputs.set(name, tensor);
    if (Object.hasOwn(outputs, name)) throw new MmdinError("MODEL", `${name} names an input and an output`);
  }
  return new Set([...inputs.keys(), ...Object.keys(outputs)]);
}

/** As `topological`, but does not look behind the tensors at which the graph is cut. */
export function topologicalUntil(outputs: readonly Tensor[], cut: ReadonlyMap<Tensor, string>): Tensor[] {
  if (cut.size === 0) return topological(outputs);
  const needed = new Set<Tensor>();
  const stack = [...outputs];
  for (let tensor = stack.pop(); tensor !== undefined; tensor = stack.pop()) {
    if (needed.has(tensor)) continue;
    needed.add(tensor);
    if (!cut.has(tensor)) stack.push(...tensor.inputs);
  }
  return topological(outputs).filter((tensor) => needed.has(tensor));
}

class GraphEmitter implements Emitter {
  readonly #cut: ReadonlyMap<Tensor, string>;
  readonly #names = new Map<Tensor, string>();
  readonly #reserved = new Map<Tensor, string>();
  readonly #graph: OnnxGraph = { nodes: [], inputs: [], outputs: [], initializers: [] };
  readonly #constants = new Map<string, string>();
  readonly #taken: ReadonlySet<string>;
  readonly standard: boolean;
  #count = 0;

  /** @param options.taken names that no value in between may have. */
  constructor(
    cut: ReadonlyMap<Tensor, string>,
    { taken, standard }: { taken: ReadonlySet<string>; standard: boolean },
  ) {
    this.#cut = cut;
    this.#taken = taken;
    this.standard = standard;
  }

  /** The first output name of a computed tensor becomes the name of its value; further ones are copies. */
  reserve(tensor: Tensor, name: string): void {
    if (tensor.op !== "input" && tensor.op !== "constant" && !this.#cut.has(tensor) && !this.#reserved.has(tensor)) {
      this.#reserved.set(tensor, name);
    }
  }

  add(tensor: Tensor): void {
    const cutName = this.#cut.get(tensor);
    if (cutName !== undefined) {
      this.#names.set(tensor, this.#input({ name: cutName, shape: tensor.shape, dtype: tensor.dtype }));
    } else if (isOp(tensor, "input")) {
      this.#names.set(tensor, this.#input(tensor.attributes));
    } else if (isOp(tensor, "constant")) {
      const { data, shape } = tensor.attributes;
      this.#names.set(tensor, data instanceof Float32Array ? this.float(data, shape) : this.int32(data, shape));
    } else {
      const y = this.#reserved.get(tensor) ?? this.#fresh();
      const inputs = tensor.inputs.map((input) => this.#names.get(input)!);
      (EMIT_RULES[tensor.op] as AnyEmitRule)(this, { tensor, inputs, y, attributes: tensor.attributes });
      this.#names.set(tensor, y);
    }
  }

  output(name: string, tensor: Tensor): void {
    const value = this.#names.get(tensor)!;
    if (value !== name) this.node("Identity", [value], { output: name });
    this.#graph.outputs.push({ name, shape: tensor.shape, dtype: tensor.dtype });
  }

  finish(): OnnxGraph {
    return this.#graph;
  }

  node(
    opType: string,
    inputs: string[],
    options: { attributes?: Record<string, Attribute>; output?: string; domain?: string } = {},
  ): string {
    const { output = this.#fresh(), ...rest } = options;
    for (const name of inputs) {
      if (name.startsWith(sizeInput(""))) this.#input({ name, shape: [1], dtype: "int64" });
    }
    const node: OnnxNode = { opType, inputs, outputs: [output], ...rest };
    this.#graph.nodes.push(node);
    return output;
  }

  int64(values: readonly number[]): string {
    return this.#constant({ dims: [values.length], data: BigInt64Array.from(values, BigInt) });
  }
  float(values: Float32Array, dims: readonly number[]): string {
    return this.#constant({ dims, data: values });
  }
  int32(values: Int32Array, dims: readonly number[]): string {
    return this.#constant({ dims, data: values });
  }

  #input(value: GraphInput): string {
    if (!this.#graph.inputs.some(({ name }) => name === value.name)) this.#graph.inputs.push(value);
    return value.name;
  }

  /** Small constants of equal type, shape and value are written once. */
  #constant({ dims, data }: Omit<OnnxTensor, "name">): string {
    const key = data.length > 16 ? undefined : `${data.constructor.name}[${dims.join()}]${data.join()}`;
    const known = key === undefined ? undefined : this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.#fresh();
    this.#graph.initializers.push({ name, dims, data });
    if (key !== undefined) this.#constants.set(key, name);
    return name;
  }

  #fresh(): string {
    const name = `t${this.#count++}`;
    return this.#taken.has(name) ? this.#fresh() : name;
  }
}

type AnyEmitRule = (emit: Emitter, node: { tensor: Tensor; inputs: string[]; y: string; attributes: object }) => void;

function isOp<K extends OpName>(tensor: Tensor, op: K): tensor is Tensor<K> {
  return tensor.op === op;
}
