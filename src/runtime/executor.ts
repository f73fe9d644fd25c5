import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { MmdinError } from "../errors.js";
import { formatShape, type GraphInput, resolveShape, sizeOf, type Tensor } from "../graph/index.js";
import { onnxRuntime } from "./onnxruntime.js";
import { cutIntoStages } from "./stages.js";

export type Device = "cpu" | "webgpu" | "cuda";

/** A value that enters or leaves a run. */
export interface Value {
  data: Float32Array | Int32Array | BigInt64Array;
  dims: readonly number[];
}

export interface ExecutorOptions {
  /** Threads that share one operation; default 1. */
  threads?: number;
  /** Default "cpu". */
  device?: Device;
}

interface Stage {
  session: InferenceSession;
  inputs: readonly GraphInput[];
  outputs: readonly GraphInput[];
}

/**
 * Runs the named outputs of a graph in ONNX Runtime. Inputs are read in place; outputs are written into buffers that are
 * kept and overwritten by the next run, so read or copy them before it. Blocks the thread that it is called on: training and
 * scoring call it from a worker.
 */
export class Executor {
  readonly #stages: readonly Stage[];
  readonly #outputs: readonly string[];
  readonly #buffers = new Map<string, Float32Array>();

  private constructor(stages: readonly Stage[], outputs: readonly string[]) {
    this.#stages = stages;
    this.#outputs = outputs;
  }

  static async create(
    outputs: Readonly<Record<string, Tensor>>,
    { threads = 1, device = "cpu" }: ExecutorOptions = {},
  ): Promise<Executor> {
    const executionProviders = [providerOf(device)];
    const stages = await Promise.all(
      cutIntoStages(outputs).map(async ({ graph, singleThread }): Promise<Stage> => {
        const options: InferenceSession.SessionOptions = {
          executionProviders: singleThread ? ["cpu"] : executionProviders,
          intraOpNumThreads: singleThread ? 1 : threads,
          interOpNumThreads: 1,
          executionMode: "sequential",
          graphOptimizationLevel: "all",
          // Shapes change from step to step; patterns of each would be kept for ever.
          enableMemPattern: false,
          logSeverityLevel: 3,
        };
        const session = await onnxRuntime().InferenceSession.create(graph.bytes, options);
        return { session, inputs: graph.inputs, outputs: graph.outputs };
      }),
    );
    return new Executor(stages, Object.keys(outputs));
  }

  /** Names, shapes and types of what must be fed, over all stages. */
  get inputs(): GraphInput[] {
    const all = this.#stages
      .flatMap(({ inputs }) => inputs)
      .filter(({ name }) => !name.startsWith("cut:") && !name.startsWith("size:"));
    return [...new Map(all.map((input) => [input.name, input])).values()];
  }

  async run(feeds: Readonly<Record<string, Value>>): Promise<Record<string, Value>> {
    const letters = this.#letters(feeds);
    const values: Record<string, Value> = { ...feeds };
    for (const { session, inputs, outputs } of this.#stages) {
      const fed: Record<string, OrtTensor> = {};
      for (const { name } of inputs) {
        const value = name.startsWith("size:") ? sizeValue(letters, name) : values[name]!;
        fed[name] = toOrt(value);
      }
      const fetched: Record<string, OrtTensor> = {};
      for (const output of outputs) {
        const dims = resolveShape(output.shape, letters);
        const value = { data: this.#buffer(output.name, sizeOf(dims)), dims };
        values[output.name] = value;
        fetched[output.name] = toOrt(value);
      }
      try {
        await session.run(fed, fetched);
      } catch (error) {
        throw new MmdinError("RUNTIME", "ONNX Runtime could not run the graph", {
          got: error instanceof Error ? error.message : String(error),
          cause: error,
        });
      }
    }
    return Object.fromEntries(this.#outputs.map((name) => [name, values[name]!]));
  }

  async close(): Promise<void> {
    await Promise.all(this.#stages.map(({ session }) => session.release()));
  }

  /** The value of every letter, from the shapes of what is fed; refuses values that contradict each other. */
  #letters(feeds: Readonly<Record<string, Value>>): Record<string, number> {
    const letters: Record<string, number> = {};
    for (const { name, shape } of this.inputs) {
      const value = feeds[name];
      if (value === undefined)
        throw new MmdinError("RUNTIME", `input ${name} is not fed`, { expected: formatShape(shape) });
      const fits =
        value.dims.length === shape.length &&
        sizeOf(value.dims) === value.data.length &&
        shape.every((dim, axis) => {
          const size = value.dims[axis]!;
          if (typeof dim === "number") return dim === size;
          letters[dim] ??= size;
          return letters[dim] === size;
        });
      if (!fits) {
        const known = Object.entries(letters).map(([letter, size]) => `${letter} = ${size}`);
        throw new MmdinError("SHAPE", `input ${name} does not fit`, {
          expected: `${formatShape(shape)}${known.length > 0 ? ` with ${known.join(", ")}` : ""}`,
          got: `${formatShape(value.dims)} (${value.data.length} values)`,
        });
      }
    }
    return letters;
  }

  #buffer(name: string, size: number): Float32Array {
    let buffer = this.#buffers.get(name);
    if (buffer === undefined || buffer.length < size) {
      buffer = new Float32Array(size);
      this.#buffers.set(name, buffer);
    }
    return buffer.length === size ? buffer : buffer.subarray(0, size);
  }
}

function toOrt({ data, dims }: Value): OrtTensor {
  const ort = onnxRuntime();
  if (data instanceof Float32Array) return new ort.Tensor("float32", data, dims);
  return data instanceof Int32Array ? new ort.Tensor("int32", data, dims) : new ort.Tensor("int64", data, dims);
}

function sizeValue(letters: Readonly<Record<string, number>>, name: string): Value {
  return { data: BigInt64Array.of(BigInt(letters[name.slice("size:".length)]!)), dims: [1] };
}

function providerOf(device: Device): string {
  const offered = onnxRuntime()
    .listSupportedBackends()
    .map(({ name }) => name);
  if (!offered.includes(device)) {
    throw new MmdinError("DEVICE", `device ${device} is not offered by the onnxruntime-node installed here`, {
      expected: offered.join(", "),
      got: device,
      fix: "Use --device cpu",
    });
  }
  return device;
}
