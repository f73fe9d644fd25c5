import type { InferenceSession, Tensor } from "onnxruntime-node";
import { MmdinError } from "../../errors.js";
import { onnxRuntime } from "../../runtime/onnxruntime.js";

/** An output of a run: (rows, width), or (rows, tokens, width). */
export interface ModelOutput {
  dims: readonly number[];
  data: Float32Array;
}

/** What can be fed, by the names that exports of these models use. */
export interface Feed {
  dims: readonly number[];
  data: Float32Array | BigInt64Array;
}

/** The graph of a model in ONNX Runtime, on the CPU. A run blocks the thread. */
export class ModelSession {
  readonly #session: InferenceSession;
  readonly #output: string;
  readonly #where: string;

  private constructor(session: InferenceSession, output: string, where: string) {
    this.#session = session;
    this.#output = output;
    this.#where = where;
  }

  /**
   * Opens a graph that takes no inputs but `inputs` and gives one of `outputs`, the first of them that is there.
   *
   * @throws MmdinError DATA where the file is no graph that ONNX Runtime reads, or takes or gives something else.
   */
  static async open(
    path: string,
    { inputs, outputs, where }: { inputs: readonly string[]; outputs: readonly string[]; where: string },
  ): Promise<ModelSession> {
    const place = `${where}: ${path}`;
    let session: InferenceSession;
    try {
      // By its path, not its bytes: weights that lie beside it are found, and the file is mapped, not copied.
      // Shapes change from batch to batch, so no plan of memory is kept for each; errors are thrown, not logged.
      session = await onnxRuntime().InferenceSession.create(path, { enableMemPattern: false, logSeverityLevel: 4 });
    } catch (cause) {
      const got = String(cause instanceof Error ? cause.message : cause).split("\n")[0] ?? "";
      const fix = "The file can be damaged. Delete it: what came from the hub is then fetched again";
      throw new MmdinError("DATA", "ONNX Runtime does not open the model", { where: place, got, fix, cause });
    }
    const strange = session.inputNames.filter((name) => !inputs.includes(name));
    const output = outputs.find((name) => session.outputNames.includes(name));
    if (strange.length === 0 && output !== undefined) return new ModelSession(session, output, where);
    const got =
      strange.length > 0 ? `the inputs ${strange.join(", ")} too` : `the outputs ${session.outputNames.join(", ")}`;
    await session.release();
    throw new MmdinError("DATA", "the model is exported for something else than feature extraction", {
      where: place,
      expected: strange.length > 0 ? `the inputs ${inputs.join(", ")} at most` : `the output ${outputs.join(" or ")}`,
      got,
    });
  }

  /** @throws MmdinError RUNTIME where ONNX Runtime fails. */
  async run(feeds: Readonly<Record<string, Feed>>): Promise<ModelOutput> {
    const { Tensor } = onnxRuntime();
    const inputs: Record<string, Tensor> = {};
    for (const name of this.#session.inputNames) {
      const feed = feeds[name];
      if (!feed) continue;
      const { data, dims } = feed;
      inputs[name] = data instanceof Float32Array ? new Tensor("float32", data, dims) : new Tensor("int64", data, dims);
    }
    let output: Tensor | undefined;
    try {
      output = (await this.#session.run(inputs, [this.#output]))[this.#output];
    } catch (cause) {
      const got = String(cause instanceof Error ? cause.message : cause).split("\n")[0] ?? "";
      throw new MmdinError("RUNTIME", "the pre-trained model failed while it ran", { where: this.#where, got, cause });
    }
    if (output && output.data instanceof Float32Array && output.dims.length >= 2)
      return { dims: output.dims, data: output.data };
    throw new MmdinError("DATA", `the model's output ${this.#output} holds no vectors`, {
      where: this.#where,
      expected: "float32 (rows, width) or (rows, tokens, width)",
      got: output ? `${output.type} (${output.dims.join(", ")})` : "nothing",
    });
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
