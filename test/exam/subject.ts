import { join } from "node:path";
import type { RankRequest } from "../../src/contract.js";
import { type Batch, BatchAssembler, type BatchSourceColumns } from "../../src/data/batch.js";
import type { BatchPlan } from "../../src/data/batch-inputs.js";
import { historyLengthOf, userOf } from "../../src/data/batch-layout.js";
import { type Dataset, IdIndex, type Split, UNKNOWN_CODE, UNKNOWN_INDEX } from "../../src/data/index.js";
import { readHistory } from "../../src/data/positive-history.js";
import { requestColumns } from "../../src/data/request-columns.js";
import { emitGraph } from "../../src/graph/index.js";
import type { LogitMap } from "../../src/metrics/index.js";
import type { ConfiguredModel } from "../../src/models/registry.js";
import { Builder } from "../../src/nn/builder.js";
import { calibrated } from "../../src/nn/calibrated.js";
import { onnxRuntime } from "../../src/runtime/onnxruntime.js";
import { RequestScorer } from "../../src/serving/request-scorer.js";
import { FeedMaker } from "../../src/training/feeds.js";
import { openRun } from "../../src/training/run-folder.js";
import { Scorer } from "../../src/training/scorer.js";
import { Weights } from "../../src/training/weights.js";

/** A trained model on the exam's table: opened from its run folder, scored in this thread, its weights at hand. */
export class Subject {
  readonly dataset: Dataset;
  readonly model: ConfiguredModel;
  readonly weights: Weights;
  readonly builder: Builder;
  /** Of the run; none of an untrained model. */
  readonly calibration: LogitMap;
  readonly #scorer: Scorer;
  readonly #ids: { items: IdIndex; users: IdIndex };

  private constructor(
    dataset: Dataset,
    parts: Pick<Subject, "model" | "weights" | "builder" | "calibration"> & { scorer: Scorer },
  ) {
    const { model, weights, builder, calibration, scorer } = parts;
    this.dataset = dataset;
    this.calibration = calibration;
    this.model = model;
    this.weights = weights;
    this.builder = builder;
    this.#scorer = scorer;
    const { catalogue } = dataset;
    this.#ids = { items: IdIndex.of(catalogue, "items"), users: IdIndex.of(catalogue, "users") };
  }

  /** A trained run. */
  static async open(run: string, dataset: Dataset): Promise<Subject> {
    const { model, weights, calibration } = openRun(run);
    return Subject.#of(model, { dataset, weights, calibration });
  }

  /** A model as it starts. */
  static async untrained(model: ConfiguredModel, dataset: Dataset): Promise<Subject> {
    return Subject.#of(model, {
      dataset,
      weights: (builder) => Weights.initial(builder, { seed: 4 }),
      calibration: { kind: "none" },
    });
  }

  static async #of(
    model: ConfiguredModel,
    {
      dataset,
      weights: make,
      calibration,
    }: { dataset: Dataset; weights: (builder: Builder) => Weights; calibration: LogitMap },
  ): Promise<Subject> {
    const { catalogue } = dataset;
    const builder = new Builder({ training: false });
    model.forward(builder, { catalogue });
    const weights = make(builder);
    const options = { catalogue, threads: 1, device: "cpu", explain: true, calibration } as const;
    const scorer = await Scorer.create(model, weights, options);
    return new Subject(dataset, { model, weights, builder, calibration, scorer });
  }

  get plan(): BatchPlan {
    return this.#scorer.plan;
  }

  /** What the batches of a split are made of, with the history that the model reads. */
  columns(split: Split): BatchSourceColumns {
    const { catalogue, events, rows } = this.dataset;
    return { catalogue, events: readHistory(events, this.model.history), rows: rows[split] };
  }

  /** A batch of these rows of a split. */
  batch(split: Split, rows: readonly number[]): Batch {
    return new BatchAssembler(this.columns(split), this.plan).assemble(Int32Array.from(rows));
  }

  async logits(batch: Batch): Promise<number[]> {
    return (await this.outputs(batch)).logits!;
  }

  /** Logits, and where the model has them attention [B, T, H] and gates [B, M]. */
  async outputs(batch: Batch): Promise<Record<string, number[]>> {
    const out = await this.#scorer.run(batch);
    return Object.fromEntries(Object.entries(out).map(([name, { data }]) => [name, Array.from(data, Number)]));
  }

  /** Logits of the candidates of a request, in its order. */
  async ask(request: RankRequest): Promise<number[]> {
    const rows = Int32Array.from(request.candidates, (_, row) => row);
    return this.logits(new BatchAssembler(this.#asked(request), this.plan).assemble(rows));
  }

  /** The same through the ranker. */
  async ranker(): Promise<{ ask(request: RankRequest): Promise<number[]>; close(): Promise<void> }> {
    const { catalogue } = this.dataset;
    const scorer = await RequestScorer.create(this.model, () => this.weights, {
      catalogue,
      threads: 1,
      device: "cpu",
      calibration: this.calibration,
      shift: 0,
    });
    return {
      ask: async (request) => [...(await scorer.score(this.#asked(request)))],
      close: () => scorer.close(),
    };
  }

  #asked(request: RankRequest): BatchSourceColumns {
    const { catalogue } = this.dataset;
    return requestColumns(request, { catalogue, ids: this.#ids, history: this.model.history });
  }

  /** The whole evaluation graph as one ONNX model in a session of its own, with ONNX Runtime's default options. */
  async oneFile(): Promise<{ logits(batch: Batch): Promise<number[]>; close(): Promise<void> }> {
    const builder = new Builder({ training: false });
    const { logits } = this.model.forward(builder, { catalogue: this.dataset.catalogue });
    const { bytes, inputs } = emitGraph({ logits: calibrated(logits, this.calibration) });
    const { InferenceSession, Tensor } = onnxRuntime();
    const session = await InferenceSession.create(bytes);
    const feeds = new FeedMaker(builder, this.weights);
    return {
      logits: async (batch) => {
        const given = feeds.feeds(batch);
        const fed = inputs.map(({ name }) => {
          const size = /^size:([BTU])$/.exec(name)?.[1] as "B" | "T" | "U" | undefined;
          if (size !== undefined)
            return [name, new Tensor("int64", BigInt64Array.of(BigInt(batch[size])), [1])] as const;
          const { data, dims } = given[name]!;
          return [
            name,
            data instanceof Int32Array
              ? new Tensor("int32", data, dims)
              : new Tensor("float32", Float32Array.from(data as Float32Array), dims),
          ] as const;
        });
        const out = await session.run(Object.fromEntries(fed));
        return Array.from(out.logits!.data, Number);
      },
      close: () => session.release(),
    };
  }

  /** Rows of the training slice with so many steps of history, as the model reads it. */
  rowsOfLength(length: number): number[] {
    const { catalogue, events, rows } = this.columns("train");
    return rowNumbers(rows.count).filter((row) => {
      const event = rows.event[row]!;
      return (
        historyLengthOf(events, event, { user: userOf(events, event), length: catalogue.history.length }) === length
      );
    });
  }

  /** What the model has learned for what is not known: "absent" vectors, and the rows of unknown ids and missing values. */
  absentValues(): AbsentValue[] {
    const found: AbsentValue[] = [];
    for (const { name, shape } of this.builder.parameters.values()) {
      if (name.endsWith(".absent")) found.push({ name, of: "missing", values: this.weights.get(name) });
      // The first row of the table of ages stands for steps without a time.
      if (name.endsWith("step.age"))
        found.push({ name: `${name}[0]`, of: "missing", values: this.weights.get(name).subarray(0, shape[1]) });
    }
    const uses = new Map(this.plan.tables.map(({ name, rowsOf }) => [name, rowsOf]));
    for (const { table, input } of this.builder.tableUses.values()) {
      const { dimension } = this.builder.tables.get(table)!;
      const row = (index: number) => this.weights.get(table).subarray(index * dimension, (index + 1) * dimension);
      const rowsOf = uses.get(input)!;
      if (rowsOf !== "bag") found.push({ name: `${table}[0]`, of: "missing", values: row(UNKNOWN_INDEX) });
      if (rowsOf !== "items" && rowsOf !== "user")
        found.push({ name: `${table}[1]`, of: "unknown", values: row(UNKNOWN_CODE) });
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#scorer.close();
  }
}

/** One learned vector, a view of the weights: writing to it changes what the model answers. */
export interface AbsentValue {
  name: string;
  /** Read where something is missing, or where a category has a value that training has not seen. */
  of: "missing" | "unknown";
  values: Float32Array;
}

/** How near two ways to the same logit are. */
export const CLOSE = 1e-5;

export const rowNumbers = (count: number): number[] => Array.from({ length: count }, (_, row) => row);

export const weightsFile = (run: string): string => join(run, "weights.safetensors");

export function largestDifference(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - b[i]!)),
    a.every(Number.isFinite) ? 0 : Number.NaN,
  );
}
