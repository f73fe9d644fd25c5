import type { BatchSourceColumns } from "../data/batch.js";
import type { Dataset, Split } from "../data/columns.js";
import type { HideRates } from "../data/hidden-parts.js";
import { usersOf } from "../data/users-of.js";
import { MmdinError } from "../errors.js";
import { auc, gauc, logLoss } from "../metrics/index.js";
import type { ConfiguredModel } from "../models/registry.js";
import { constant, cosine, type PlateauState, plateau } from "../optim/index.js";
import type { Device } from "../runtime/executor.js";
import { type BatchGradients, SHARD_PHASES, type ShardTimes } from "./batch-gradients.js";
import { BatchThread } from "./batch-stream.js";
import { epochBatches, rowBuckets } from "./epoch-batches.js";
import { gradientGraph } from "./gradient-graph.js";
import { scoreSplit } from "./score-split.js";
import { Scorer } from "./scorer.js";
import { ShardPool } from "./shard-pool.js";
import { type OptimizerOptions, WeightUpdate } from "./weight-update.js";
import { Weights } from "./weights.js";

export interface FitOptions {
  seed: number;
  epochs: number;
  batchSize: number;
  /** Up to 1 a share of an epoch, above 1 a number of steps. */
  evaluateEvery: number;
  /** Validations without a better one before training stops. */
  patience: number;
  monitor: "logLoss" | "auc" | "gauc";
  optimizer: OptimizerOptions & { learningRate: number };
  schedule: { kind: "plateau" | "constant" | "cosine"; factor: number; patience: number; minimum: number };
  hide: HideRates;
  threads: number;
  device: Device;
}

export interface Validation {
  epoch: number;
  step: number;
  /** Mean training loss since the last validation. */
  loss: number;
  logLoss: number | null;
  auc: number | null;
  gauc: number | null;
  learningRate: number;
  /** Whether this is the best so far. */
  best: boolean;
  seconds: number;
}

export interface FitEvents {
  step(update: { epoch: number; step: number; steps: number; rows: number; loss: number; rowsPerSecond: number }): void;
  validation(result: Validation): void;
  /** Weights better than all before, to be written. */
  best(weights: Weights, result: Validation): void;
  /** Looked at between steps. */
  stopping(): boolean;
}

export interface FitResult {
  weights: Weights;
  best: Validation | null;
  /** Logits of validation under the best weights; null where nothing was validated. */
  logits: Float32Array | null;
  epochs: number;
  steps: number;
  stopped: "early" | "epochs" | "asked";
  /** Training rows per second, validation left out. */
  rowsPerSecond: number;
  /**
   * Milliseconds by phase. Of the threads that compute, on average: `batch` (made while the optimizer of the one before runs), `feed`,
   * `run`. Of the training thread: `wait` for gradients, beyond what the slowest thread fed and ran; `optimizer`; `validate`.
   */
  spent: ShardTimes & { wait: number; optimizer: number; validate: number };
}

/** Trains a model by gradient: batches by length, validations several times an epoch, rate drops, early stop, best weights kept. */
export async function fitWeights(
  model: ConfiguredModel,
  dataset: Dataset,
  { options, events }: { options: FitOptions; events: FitEvents },
): Promise<FitResult> {
  return new Fit(model, dataset, options, events).run();
}

class Fit {
  readonly #model: ConfiguredModel;
  readonly #dataset: Dataset;
  readonly #options: FitOptions;
  readonly #events: FitEvents;
  /** The user of each row of validation. */
  readonly #validUsers: Int32Array;
  readonly #spent = { batch: 0, feed: 0, run: 0, wait: 0, optimizer: 0, validate: 0 };

  constructor(model: ConfiguredModel, dataset: Dataset, options: FitOptions, events: FitEvents) {
    this.#model = model;
    this.#dataset = dataset;
    this.#options = options;
    this.#events = events;
    this.#validUsers = usersOf(dataset.events, dataset.rows.valid.event);
  }

  #columns(split: Split): BatchSourceColumns {
    const { catalogue, events, rows } = this.#dataset;
    return { catalogue, events, rows: rows[split] };
  }

  async run(): Promise<FitResult> {
    const { catalogue } = this.#dataset;
    const { seed, threads, device, optimizer } = this.#options;
    const columns = this.#columns("train");
    const graph = gradientGraph(this.#model, catalogue);
    const weights = Weights.initial(graph.builder, { seed }).shared();
    const scorer = await Scorer.create(this.#model, weights, { catalogue, threads, device });
    const batches = new BatchThread();
    let shards: ShardPool | undefined;
    try {
      batches.open("valid", { columns: this.#columns("valid"), plan: scorer.plan });
      shards = await ShardPool.create(this.#model, { columns, weights, threads, device, graph });
      const update = new WeightUpdate(weights, graph, { optimizer, columns });
      return await this.#loop({ weights, shards, update, scorer, batches });
    } finally {
      await shards?.close();
      await batches.close();
      await scorer.close();
    }
  }

  async #loop({
    weights,
    shards,
    update,
    scorer,
    batches,
  }: {
    weights: Weights;
    shards: ShardPool;
    update: WeightUpdate;
    scorer: Scorer;
    batches: BatchThread;
  }): Promise<FitResult> {
    const { seed, epochs, batchSize, evaluateEvery, patience, hide, optimizer } = this.#options;
    const columns = this.#columns("train");
    const buckets = rowBuckets(columns, { length: columns.catalogue.history.length });
    const steps = Math.ceil(columns.rows.count / batchSize);
    const isDue = validationPoints(steps, evaluateEvery);
    const rate = new LearningRate(this.#options, { steps: steps * epochs });
    let best: Validation | null = null;
    // The last validation that was clearly better: a gain of less than the margin does not buy more patience.
    let reference: Validation | null = null;
    let bestWeights = weights.copy();
    let bestLogits: Float32Array | null = null;
    let bad = 0;
    let stepNumber = 0;
    let trainedRows = 0;
    let losses = 0;
    let counted = 0;
    let stopped: FitResult["stopped"] = "epochs";
    let trainingTime = 0;
    let epoch = 0;
    training: for (; epoch < epochs; epoch++) {
      const first = stepNumber;
      const rowsOf = epochBatches(buckets, { batchSize, shuffle: { seed, epoch } });
      const requests = rowsOf.map((rows, i) => ({ rows, draw: { seed, step: first + i, hide } }));
      let before = performance.now();
      for await (const gradients of shards.stream(requests)) {
        const arrived = performance.now();
        const loss = update.apply(gradients, { learningRate: rate.at(stepNumber) });
        if (!Number.isFinite(loss)) throw diverged(stepNumber, optimizer.learningRate);
        this.#count(gradients, { waited: arrived - before, optimizer: performance.now() - arrived });
        const { rows } = gradients;
        stepNumber++;
        trainedRows += rows;
        losses += loss * rows;
        counted += rows;
        trainingTime += performance.now() - before;
        this.#events.step({
          epoch: epoch + 1,
          step: stepNumber - first,
          steps,
          rows: trainedRows,
          loss,
          rowsPerSecond: trainedRows / (trainingTime / 1000),
        });
        const asked = this.#events.stopping();
        // Asked to stop before the first validation, it is made now: there is a best to keep.
        if (isDue(stepNumber - first) || (asked && best === null)) {
          const at = { epoch, stepNumber, loss: losses / counted, rate };
          const { result, logits } = await this.#validate({ scorer, batches }, at);
          losses = counted = 0;
          const { monitor } = this.#options;
          bad = isBetter(result, reference, { monitor, margin: MARGIN }) ? 0 : bad + 1;
          if (bad === 0) reference = result;
          if (isBetter(result, best, { monitor })) {
            result.best = true;
            best = result;
            bestWeights.assign(weights);
            bestLogits = logits;
            this.#events.best(bestWeights, result);
          }
          this.#events.validation(result);
          rate.validated(monitored(result, this.#options.monitor));
          if (bad >= patience) {
            stopped = "early";
            break training;
          }
        }
        if (asked) {
          stopped = "asked";
          break training;
        }
        before = performance.now();
      }
    }
    if (best === null) bestWeights = weights;
    const rowsPerSecond = trainedRows / (trainingTime / 1000);
    return {
      weights: bestWeights,
      best,
      logits: bestLogits,
      epochs: Math.min(epoch + 1, epochs),
      steps: stepNumber,
      stopped,
      rowsPerSecond,
      spent: this.#spent,
    };
  }

  /** Adds up where the time of one step went. */
  #count({ spent }: BatchGradients, { waited, optimizer }: { waited: number; optimizer: number }): void {
    for (const phase of SHARD_PHASES) this.#spent[phase] += spent[phase];
    this.#spent.wait += Math.max(0, waited - spent.longest);
    this.#spent.optimizer += optimizer;
  }

  async #validate(
    { scorer, batches }: { scorer: Scorer; batches: BatchThread },
    { epoch, stepNumber, loss, rate }: { epoch: number; stepNumber: number; loss: number; rate: LearningRate },
  ): Promise<{ result: Validation; logits: Float32Array }> {
    const start = performance.now();
    const columns = this.#columns("valid");
    const { logits } = await scoreSplit({ scorer, columns, batches, source: "valid" });
    if (!logits.every(Number.isFinite)) throw diverged(stepNumber, this.#options.optimizer.learningRate);
    const { label } = columns.rows;
    const milliseconds = performance.now() - start;
    this.#spent.validate += milliseconds;
    const result = {
      epoch: epoch + 1,
      step: stepNumber,
      loss,
      logLoss: logLoss(logits, label),
      auc: auc(logits, label),
      gauc: gauc(logits, { labels: label, groups: this.#validUsers }).value,
      learningRate: rate.at(stepNumber),
      best: false,
      seconds: milliseconds / 1000,
    };
    return { result, logits };
  }
}

/** The learning rate of every step: lowered where validation stands still, or along half a cosine. */
class LearningRate {
  readonly #options: FitOptions;
  readonly #steps: number;
  readonly #plateau;
  #state: PlateauState;

  constructor(options: FitOptions, { steps }: { steps: number }) {
    this.#options = options;
    this.#steps = steps;
    const { factor, patience, minimum } = options.schedule;
    this.#plateau = plateau({ factor, patience, minimum, mode: options.monitor === "logLoss" ? "min" : "max" });
    this.#state = this.#plateau.init(options.optimizer.learningRate);
  }

  at(step: number): number {
    const { optimizer, schedule } = this.#options;
    if (schedule.kind === "plateau") return this.#state.learningRate;
    if (schedule.kind === "constant") return constant(optimizer.learningRate)(step);
    return cosine(optimizer.learningRate, { steps: this.#steps, minimum: schedule.minimum })(step);
  }

  validated(value: number | null): void {
    this.#state = this.#plateau.update(this.#state, value ?? Number.NaN);
  }
}

function monitored(result: Validation, monitor: FitOptions["monitor"]): number | null {
  return result[monitor];
}

/** Gain, as a share of the value, below which a validation counts as standing still. */
const MARGIN = 1e-3;

function isBetter(
  result: Validation,
  before: Validation | null,
  { monitor, margin = 0 }: { monitor: FitOptions["monitor"]; margin?: number },
): boolean {
  const value = monitored(result, monitor);
  const known = before === null ? null : monitored(before, monitor);
  if (value === null) return before === null;
  if (known === null) return true;
  return monitor === "logLoss" ? value < known * (1 - margin) : value > known * (1 + margin);
}

/** Below so many steps a validation says more of the last batches than of the model, and patience ends too soon. */
const LEAST_STEPS = 50;

/**
 * After which steps of an epoch to validate: evenly, and at its end. Up to 1 a share of the epoch, but not more often than every
 * 50 steps or so; above 1, every so many steps.
 */
function validationPoints(steps: number, evaluateEvery: number): (step: number) => boolean {
  const wanted = evaluateEvery <= 1 ? 1 / evaluateEvery : steps / evaluateEvery;
  const most = evaluateEvery <= 1 ? steps / LEAST_STEPS : Number.POSITIVE_INFINITY;
  const times = Math.max(1, Math.round(Math.min(wanted, most)));
  const due = new Set(Array.from({ length: times }, (_, i) => Math.max(1, Math.round((steps * (i + 1)) / times))));
  return (step) => due.has(step);
}

function diverged(step: number, learningRate: number): MmdinError {
  return new MmdinError("RUNTIME", `the loss or its gradient is not finite at step ${step}`, {
    fix: `Lower optimizer.learningRate (now ${learningRate}), or set optimizer.clipNorm`,
  });
}
