import { createHash } from "node:crypto";
import { type Attribute, bytesOf, type OnnxNode, type OnnxTensor, typeOfValues } from "../graph/onnx/model-proto.js";

/** The constants of a model: what is equal in type, shape and values is there once. */
export class Initializers {
  readonly tensors: OnnxTensor[] = [];
  readonly #byContent = new Map<string, string>();
  readonly #names = new Set<string>();

  /** Returns the name under which these values lie: `name`, or that of their equal. Every name has a slash, which no input has before its first dot. */
  add(name: string, data: OnnxTensor["data"], dims: readonly number[] = [data.length]): string {
    const key = `${typeOfValues(data)} [${dims.join()}] ${hashOf(bytesOf(data))}`;
    const known = this.#byContent.get(key);
    if (known !== undefined) return known;
    let own = name;
    for (let n = 2; this.#names.has(own); n++) own = `${name}#${n}`;
    this.#names.add(own);
    this.#byContent.set(key, own);
    this.tensors.push({ name: own, dims, data });
    return own;
  }
}

/** A hash takes less than 2 GiB at once. */
const LARGEST_PIECE = 1 << 30;

function hashOf(bytes: Uint8Array): string {
  const hash = createHash("sha256");
  for (let at = 0; at < bytes.length; at += LARGEST_PIECE) hash.update(bytes.subarray(at, at + LARGEST_PIECE));
  return hash.digest("hex");
}

/** Writes ONNX nodes one by one; every call gives the name of its value. */
export class NodeWriter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: Initializers;
  /** Before the name of every value, so that two branches of a model never share one. */
  readonly prefix: string;
  #count = 0;

  constructor(initializers: Initializers, { prefix = "" }: { prefix?: string } = {}) {
    this.initializers = initializers;
    this.prefix = prefix;
  }

  node(
    opType: string,
    inputs: readonly string[],
    { attributes, output }: { attributes?: Record<string, Attribute>; output?: string } = {},
  ): string {
    const name = output ?? `${this.prefix}n${this.#count++}`;
    this.nodes.push({ opType, inputs: [...inputs], outputs: [name], ...(attributes && { attributes }) });
    return name;
  }

  cast(value: string, to: "float32" | "float64" | "int32" | "bool"): string {
    const element = { float32: 1, int32: 6, bool: 9, float64: 11 }[to];
    return this.node("Cast", [value], { attributes: { to: element } });
  }

  /** Rows of a table, or with `axis` parts along another axis. */
  gather(data: string, indices: string, axis = 0): string {
    return this.node("Gather", [data, indices], { attributes: { axis } });
  }

  reshape(value: string, to: readonly number[]): string {
    return this.node("Reshape", [value, this.int64(to)]);
  }

  unsqueeze(value: string, axis: number): string {
    return this.node("Unsqueeze", [value, this.int64([axis])]);
  }

  /** The size of one axis, as int64 [1]. */
  sizeOf(value: string, axis: number): string {
    return this.node("Shape", [value], { attributes: { start: axis, end: axis + 1 } });
  }

  int64(values: readonly number[]): string {
    return this.initializers.add("constant/integers", BigInt64Array.from(values, BigInt));
  }
  int32(value: number): string {
    return this.initializers.add("constant/integer", Int32Array.of(value), []);
  }
  float32(value: number): string {
    return this.initializers.add("constant/float", Float32Array.of(value), []);
  }
  float64(value: number): string {
    return this.initializers.add("constant/double", Float64Array.of(value), []);
  }
}
