import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { MmdinError } from "../errors.js";
import { formatShape, type GraphInput, resolveShape, sizeOf, type Tensor } from "../graph/index.js";
import { onnxRuntime } from "./onnxruntime.js";
import { cutIntoStages, wholeGraph } from "./stages.js";

export type Device = "cpu" | "webgpu" | "cuda";

/** A value that enters or leaves a run. */
export interface Value {
  data: ValueData;
  dims: readonly number[];
}
type ValueData = Float32Array | Int32Array | BigInt64Array;

export interface ExecutorOptions {
  /** Threads that share one operation; default 1. */
  threads?: number;
  /** Default "cpu". */
  device?: Device;
  /** Where ONNX Runtime shall write what each of its nodes takes, at `close`: files of this prefix, one a stage; default: nowhere. */
  profile?: string;
}

interface Stage {
  session: InferenceSession;
  inputs: readonly GraphInput[];
  outputs: readonly string[];
}

/**
 * Runs the named outputs of a graph in ONNX Runtime. Inputs are read in place; outputs are arrays of their own, which the
 * caller may keep or hand to another thread. (onnxruntime-node 1.30 copies every output out of its arena, one that it was given a
 * place for, too: what is large should not leave the session.) Blocks the thread that it is called on: training and scoring
 * call it from a worker.
 */
export class Executor {
  /** Names, shapes and types of what must be fed, over all stages. */
  readonly inputs: readonly GraphInput[];
  readonly #stages: readonly Stage[];
  readonly #outputs: readonly string[];
  readonly #profiled: boolean;

  private constructor(stages: readonly Stage[], outputs: readonly string[], profiled: boolean) {
    this.#profiled = profiled;
    this.#stages = stages;
    this.#outputs = outputs;
    const all = stages
      .flatMap(({ inputs }) => inputs)
      .filter(({ name }) => !name.startsWith("cut:") && !name.startsWith("size:"));
    this.inputs = [...new Map(all.map((input) => [input.name, input])).values()];
  }

  /**
   * @throws MmdinError DEVICE where the device is not offered, or offered and not there; RUNTIME where ONNX Runtime refuses
   * the graph.
   */
  static async create(
    outputs: Readonly<Record<string, Tensor>>,
    { threads = 1, device = "cpu", profile }: ExecutorOptions = {},
  ): Promise<Executor> {
    checkOffered(device);
    if (Object.values(outputs).some(({ dtype }) => dtype === "bool")) {
      throw new MmdinError("MODEL", "a bool does not leave a graph", { fix: "Cast it to float32" });
    }
    const stages: Stage[] = [];
    try {
      // One thread adds scattered rows as they come: nothing has to be cut, and nothing large leaves the session.
      const alone = device === "cpu" && threads === 1;
      for (const { graph, singleThread } of alone ? [wholeGraph(outputs)] : cutIntoStages(outputs)) {
        const options = {
          ...(singleThread ? sessionOptions("cpu", 1) : sessionOptions(device, threads)),
          ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: `${profile}-${stages.length}` }),
        };
        const session = await openSession(graph.bytes, { options, device: singleThread ? "cpu" : device });
        stages.push({ session, inputs: graph.inputs, outputs: graph.outputs.map(({ name }) => name) });
      }
    } catch (error) {
      await Promise.all(stages.map(({ session }) => session.release()));
      throw error;
    }
    return new Executor(stages, Object.keys(outputs), profile !== undefined);
  }

  /**
   * @throws MmdinError SHAPE where what is fed does not fit the graph or contradicts itself, RUNTIME where an input is not fed
   * or ONNX Runtime fails.
   */
  async run(feeds: Readonly<Record<string, Value>>): Promise<Record<string, Value>> {
    const letters = this.#letters(feeds);
    const values: Record<string, Value> = { ...feeds };
    for (const { session, inputs, outputs } of this.#stages) {
      const fed: Record<string, OrtTensor> = {};
      for (const { name } of inputs) {
        const value = name.startsWith("size:") ? sizeValue(letters, name) : values[name]!;
        fed[name] = toOrt(value);
      }
      try {
        const fetched = await session.run(fed, outputs);
        for (const name of outputs) values[name] = fromOrt(fetched[name]!);
      } catch (error) {
        throw new MmdinError("RUNTIME", "ONNX Runtime could not run the graph", { got: said(error), cause: error });
      }
    }
    return Object.fromEntries(this.#outputs.map((name) => [name, values[name]!]));
  }

  /** Names of what must be fed. */
  get names(): ReadonlySet<string> {
    return new Set(this.inputs.map(({ name }) => name));
  }

  async close(): Promise<void> {
    if (this.#profiled) for (const { session } of this.#stages) session.endProfiling();
    await Promise.all(this.#stages.map(({ session }) => session.release()));
  }

  /** The value of every letter, from the shapes of what is fed; refuses what does not fit, or contradicts itself. */
  #letters(feeds: Readonly<Record<string, Value>>): Record<string, number> {
    const letters: Record<string, number> = {};
    for (const { name, shape, dtype } of this.inputs) {
      const value = feeds[name];
      if (value === undefined) {
        throw new MmdinError("RUNTIME", `input ${name} is not fed`, { expected: `${dtype} ${formatShape(shape)}` });
      }
      const { data, dims } = value;
      const fits =
        dims.length === shape.length &&
        sizeOf(dims) === data.length &&
        typeOf(data) === dtype &&
        shape.every((dim, axis) => {
          const size = dims[axis]!;
          if (typeof dim === "number") return dim === size;
          letters[dim] ??= size;
          return letters[dim] === size;
        });
      if (!fits) {
        const known = Object.entries(letters).map(([letter, size]) => `${letter} = ${size}`);
        throw new MmdinError("SHAPE", `input ${name} does not fit`, {
          expected: `${dtype} ${formatShape(shape)}${known.length > 0 ? ` with ${known.join(", ")}` : ""}`,
          got: `${typeOf(data)} ${formatShape(dims)} (${data.length} values)`,
        });
      }
    }
    return letters;
  }
}

function typeOf(data: ValueData): "float32" | "int32" | "int64" {
  if (data instanceof Float32Array) return "float32";
  return data instanceof Int32Array ? "int32" : "int64";
}

function fromOrt({ data, dims }: OrtTensor): Value {
  if (data instanceof Float32Array || data instanceof Int32Array || data instanceof BigInt64Array)
    return { data, dims };
  throw new TypeError("a graph gives floats and integers alone");
}

function toOrt({ data, dims }: Value): OrtTensor {
  return new (onnxRuntime().Tensor)(typeOf(data), data, dims);
}

/** The value of `size:U` (a letter) or `size:2*B*T` (a product). */
function sizeValue(letters: Readonly<Record<string, number>>, name: string): Value {
  const [size] = resolveShape([name.slice("size:".length)], letters);
  return { data: BigInt64Array.of(BigInt(size!)), dims: [1] };
}

function sessionOptions(device: Device, threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    // Shapes change from step to step; patterns of each would be kept for ever.
    enableMemPattern: false,
    // Threads that wait for work in a loop take the cores from JavaScript, from the next stage and from other processes.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
    // What goes wrong is thrown, and said once.
    logSeverityLevel: 4,
  };
}

async function openSession(
  bytes: Uint8Array,
  { options, device }: { options: InferenceSession.SessionOptions; device: Device },
): Promise<InferenceSession> {
  try {
    return await onnxRuntime().InferenceSession.create(bytes, options);
  } catch (error) {
    const details = { got: said(error), cause: error };
    if (device === "cpu") throw new MmdinError("RUNTIME", "ONNX Runtime refuses the graph", details);
    throw new MmdinError("DEVICE", `device ${device} does not open here`, { ...details, fix: "Use --device cpu" });
  }
}

/** "cuda" can be offered by the package while its libraries are not there: `openSession` tells that. */
function checkOffered(device: Device): void {
  const offered = onnxRuntime()
    .listSupportedBackends()
    .map(({ name }) => name);
  if (offered.includes(device)) return;
  throw new MmdinError("DEVICE", `device ${device} is not offered by the onnxruntime-node installed here`, {
    expected: offered.join(", "),
    got: device,
    fix: "Use --device cpu",
  });
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error)).trim();
