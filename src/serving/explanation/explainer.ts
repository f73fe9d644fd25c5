import { setImmediate as turn } from "node:timers/promises";
import type { BatchSourceColumns } from "../../data/batch.js";
import type { RowColumns } from "../../data/columns.js";
import { emptyCounters, statisticValue } from "../../data/statistics.js";
import { MmdinError } from "../../errors.js";
import type { ConfiguredModel } from "../../models/registry.js";
import type { Builder } from "../../nn/builder.js";
import type { Weights } from "../../training/weights.js";
import type { RequestScorerOptions } from "../request-scorer.js";
import { layoutAsked } from "./asked-layout.js";
import { type NearestStep, nearestSteps } from "./nearest-steps.js";
import { stepEffects } from "./step-effects.js";
import { planSteps, type StepPlan } from "./step-plan.js";
import { type AskedRequest, VariedGraph } from "./varied-graph.js";

/** Why one row of a request got its logit. */
export interface RowExplanation {
  logit: number;
  /** [steps][heads] */
  weights: number[][];
  /** [steps] logit - logit without the step, everything else as it is. */
  changes: number[];
  /** [steps] Shares of `historyChange`, which they add up to. */
  contributions: number[];
  /** [steps] Standard errors of the contributions; 0 where they are exact, null where one pair of orders says nothing of it. */
  errors: number[] | null;
  /** [modalities] Shares that add up to 1; null for a model without gates. */
  gates: number[] | null;
  /** By modality with frozen vectors. `step` counts in `steps`. */
  nearest: NearestStep[];
  /** logit - logit with an empty history. */
  historyChange: number;
  /** logit - logit, had the item no event yet; null where the model reads no statistics of items. */
  statisticsChange: number | null;
}

/** Why each row of a request got its logit. */
export interface RequestExplanation {
  /** Events of the columns that the history gives to the model, oldest first. */
  steps: number[];
  /** Whether the model reads the history at all; without, changes and contributions are empty. */
  readsHistory: boolean;
  heads: readonly string[];
  /** Modalities of the gates. */
  modalities: readonly string[];
  /** By row of the columns. */
  rows: RowExplanation[];
  /** Orders of the steps that the contributions are means over, and whether they are all that there are. */
  orders: number;
  exact: boolean;
  /** Histories that were scored. */
  runs: number;
}

export interface ExplainOptions {
  /** Aborted, the question is given up before its next batch. */
  signal?: AbortSignal;
  /** Asked before each batch: true gives the question up. */
  late?: () => boolean;
  /** Orders of the steps at most; default 32, 16 for a model that reads each row's history anew; fewer where there are many candidates. */
  orders?: number;
}

/** Histories to score in one question, about: what is left of it after "all but one" is spent on orders. */
const CHOICES = { masked: 8192, packed: 4096 };
/** Orders at most, where the caller does not say. */
const ORDERS = { masked: 32, packed: 16 };
/** Steps of one batch, padding included: what its memory grows with. */
const CELLS = 16_384;
const ROWS = 1024;

/**
 * Says why the candidates of a request got their logits, in numbers that add up as documented (`stepEffects`). The answer is that of the
 * graph that ranks: logits agree with `RequestScorer` to 1e-5.
 *
 * A history of n steps costs 2 + 2 n + r (n - 3) runs a candidate with r orders: as many rows of a few batches, which share what does not
 * depend on the choice of steps (`VariedGraph`). Older steps than the model reads do not move up where one is left out.
 */
export class Explainer {
  readonly #graph: VariedGraph;
  /** Buffers are filled, then read after a turn of the event loop: one question at a time. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(graph: VariedGraph) {
    this.#graph = graph;
  }

  /** @param weightsOf called once; may give a set of weights that somebody else has read. */
  static async create(
    model: ConfiguredModel,
    weightsOf: (builder: Builder) => Weights,
    options: RequestScorerOptions,
  ): Promise<Explainer> {
    return new Explainer(await VariedGraph.create(model, weightsOf, options));
  }

  /** Attention heads of the model, and the modalities of its gates. */
  get heads(): readonly string[] {
    return this.#graph.heads;
  }
  get modalities(): readonly string[] {
    return this.#graph.modalities;
  }

  /**
   * @param columns of one request: every row is about one event. Their catalogue may have more items than that of `create`.
   * @throws MmdinError DEADLINE where it was given up.
   */
  explain(columns: BatchSourceColumns, options: ExplainOptions = {}): Promise<RequestExplanation> {
    const own = this.#last.then(() => this.#explain(columns, options));
    this.#last = own.catch(() => undefined); // its caller has the error
    return own;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#graph.close();
  }

  async #explain(columns: BatchSourceColumns, options: ExplainOptions): Promise<RequestExplanation> {
    const graph = this.#graph;
    const { count } = columns.rows;
    const { readsHistory, readsStatistics, heads, modalities } = graph;
    const facts = { readsHistory, heads, modalities };
    if (count === 0) return { ...facts, steps: [], rows: [], orders: 0, exact: true, runs: 0 };
    refuseLate(options, 0);
    const source = readsStatistics ? { ...columns, rows: besideNew(columns) } : columns;
    const layout = layoutAsked(source);
    const kind = graph.packed ? "packed" : "masked";
    const plan = planSteps(readsHistory ? layout.steps.length : 0, {
      choices: Math.floor(CHOICES[kind] / count),
      orders: options.orders ?? ORDERS[kind],
    });
    const asked = await graph.ask(source, layout);
    const scored = await this.#score(asked, { plan, count, options });
    const seen = await this.#seen(asked, count);
    const items = layout.steps.map((event) => columns.events.item[event]!);
    const rows = Array.from({ length: count }, (_, row): RowExplanation => {
      const logitOf = (choice: number): number => scored.logits[row * plan.choices.length + choice]!;
      const logit = logitOf(plan.full);
      const weights = seen.weights(row, plan.without.length);
      return {
        logit,
        weights,
        ...stepEffects(plan, { logit: logitOf, ...(heads.length > 0 && { weights: looks(weights) }) }),
        gates: seen.gates(row),
        nearest: nearestSteps(columns.catalogue, { candidate: columns.rows.item[row]!, items }),
        historyChange: logit - logitOf(plan.empty),
        statisticsChange: readsStatistics ? logit - scored.ofNew[row]! : null,
      };
    });
    const { exact } = plan;
    return { ...facts, steps: [...layout.steps], rows, orders: plan.orders.length, exact, runs: scored.runs };
  }

  /** Logits [rows, choices], and of each row as a new item [rows]. */
  async #score(
    asked: AskedRequest,
    { plan, count, options }: { plan: StepPlan; count: number; options: ExplainOptions },
  ): Promise<{ logits: Float32Array; ofNew: Float32Array; runs: number }> {
    const { choices, full } = plan;
    const total = asked.layout.rows.B;
    const wanted = [
      ...choices.flatMap((_, choice) => Array.from({ length: count }, (_, row) => ({ row, choice }))),
      ...Array.from({ length: total - count }, (_, row) => ({ row: count + row, choice: full })),
    ];
    // Packed, a batch is padded to the longest of its choices: those of like length go together, and the last one is the longest.
    const { packed } = this.#graph;
    const lengths = choices.map((kept) => (packed ? kept.reduce((sum, one) => sum + one, 0) : kept.length));
    wanted.sort((a, b) => lengths[a.choice]! - lengths[b.choice]!);
    const logits = new Float32Array(count * choices.length);
    const ofNew = new Float32Array(count);
    for (let start = 0, end = 0; start < wanted.length; start = end) {
      if (start > 0) await turn();
      refuseLate(options, start / wanted.length);
      for (end = start + 1; end < wanted.length; end++) {
        if ((end + 1 - start) * lengths[wanted[end]!.choice]! > CELLS || end - start === ROWS) break;
      }
      const part = wanted.slice(start, end);
      const out = await this.#graph.logits(asked, {
        rows: Int32Array.from(part, ({ row }) => row),
        choices: part.map(({ choice }) => choices[choice]!),
      });
      part.forEach(({ row, choice }, i) => {
        if (row < count) logits[row * choices.length + choice] = out[i]!;
        else ofNew[row - count] = out[i]!;
      });
    }
    return { logits, ofNew, runs: wanted.length };
  }

  /** Attention and gates of the rows as they are. */
  async #seen(
    asked: AskedRequest,
    count: number,
  ): Promise<{ weights(row: number, steps: number): number[][]; gates(row: number): number[] | null }> {
    const { heads, modalities } = this.#graph;
    const all = new Uint8Array(asked.layout.steps.length).fill(1);
    const rows = Int32Array.from({ length: count }, (_, row) => row);
    const { attention, gates } = await this.#graph.seen(asked, { rows, choices: Array.from(rows, () => all) });
    return {
      weights: (row, steps) => {
        const T = attention?.dims[1] ?? 0;
        return Array.from({ length: steps }, (_, step) =>
          heads.map((_, h) => Number(attention!.data[(row * T + step) * heads.length + h])),
        );
      },
      gates: (row) => {
        if (gates === undefined) return null;
        const own = modalities.map((_, m) => Number(gates.data[row * modalities.length + m]));
        const sum = own.reduce((total, gate) => total + gate, 0);
        return own.map((gate) => gate / sum);
      },
    };
  }
}

/** How much each step was looked at: its share of |weight|, mean over the heads. */
function looks(weights: readonly (readonly number[])[]): Float64Array {
  const sums = (weights[0] ?? []).map((_, h) => weights.reduce((sum, own) => sum + Math.abs(own[h]!), 0));
  return Float64Array.from(weights, (own) =>
    own.reduce((sum, weight, h) => sum + (sums[h]! > 0 ? Math.abs(weight) / sums[h]! : 0), 0),
  );
}

/** The rows, and behind them the same rows as if their items had no event yet. */
function besideNew({ catalogue, rows }: BatchSourceColumns): RowColumns {
  const { item: schemas, prior } = catalogue.statistics;
  const nothing = emptyCounters(1, []);
  const ofNew = schemas.map((schema) => statisticValue(schema, nothing, { index: 0, prior }));
  const itemStatistics = new Float32Array(2 * rows.count * schemas.length);
  itemStatistics.set(rows.itemStatistics.subarray(0, rows.count * schemas.length));
  for (let row = rows.count; row < 2 * rows.count; row++) itemStatistics.set(ofNew, row * schemas.length);
  const twice = (from: Int32Array): Int32Array => Int32Array.from([...from, ...from]);
  return {
    count: 2 * rows.count,
    event: twice(rows.event),
    item: twice(rows.item),
    label: new Uint8Array(2 * rows.count),
    itemStatistics,
  };
}

function refuseLate({ signal, late }: ExplainOptions, done: number): void {
  if (signal?.aborted !== true && late?.() !== true) return;
  throw new MmdinError("DEADLINE", "the explanation was given up", {
    where: "explain",
    got: `the end of the time with ${Math.floor(100 * done)} % of it scored`,
    ...(signal?.aborted === true && { cause: signal.reason }),
  });
}
