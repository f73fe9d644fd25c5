import { assembleLayouts, type BatchSourceColumns } from "../../data/batch.js";
import { type BatchPlan, SOURCES_OF_CHOICE, SOURCES_OF_STEPS } from "../../data/batch-inputs.js";
import { MmdinError } from "../../errors.js";
import {
  constant,
  formatShape,
  frontier,
  gather,
  input,
  substitute,
  type Tensor,
  topological,
  transpose,
} from "../../graph/index.js";
import type { ConfiguredModel } from "../../models/registry.js";
import { Builder, isWeight, nameOf } from "../../nn/builder.js";
import { calibrated } from "../../nn/calibrated.js";
import { Executor, type Value } from "../../runtime/executor.js";
import { FeedMaker } from "../../training/feeds.js";
import { planOf } from "../../training/item-tensors.js";
import type { Weights } from "../../training/weights.js";
import type { RequestScorerOptions } from "../request-scorer.js";
import { type AskedLayout, layoutChoices } from "./asked-layout.js";

/** Row of the request that each row of a varied batch is about. */
const ROW = "row";

/** A graph in a session, and what feeds it. */
interface Part {
  executor: Executor;
  feeds: FeedMaker;
  plan: BatchPlan;
}

/** Rows of a request, each with some steps of its history. */
export interface VariedRows {
  /** Row of the request. */
  rows: Int32Array;
  /** The steps that it keeps. */
  choices: readonly Uint8Array[];
}

/** What a request gives that does not depend on the choice of steps. */
export interface AskedRequest {
  source: BatchSourceColumns;
  layout: AskedLayout;
  known: Readonly<Record<string, Value>>;
}

/**
 * The evaluation graph of a model, cut in two: what does not depend on which steps of the history are read is computed once a request, the rest
 * once for every choice of steps. Where the model shares one history among rows (`sharesHistory`), a choice is a mask over it, and all that
 * comes before the mask, the units of the attention among it, is computed once a candidate; else a choice is a history of its own.
 *
 * Items are encoded for each question, from the catalogue of its columns.
 */
export class VariedGraph {
  /** Attention heads, and modalities of the gates. */
  readonly heads: readonly string[];
  readonly modalities: readonly string[];
  readonly readsHistory: boolean;
  readonly readsStatistics: boolean;
  /** Whether a choice is a history of its own, as long as it is; else a mask over one history. */
  readonly packed: boolean;
  readonly #fixed: Part;
  readonly #logits: Part;
  readonly #seen: Part | null;

  private constructor(
    parts: { fixed: Part; logits: Part; seen: Part | null },
    facts: Pick<VariedGraph, "heads" | "modalities" | "readsHistory" | "readsStatistics" | "packed">,
  ) {
    this.#fixed = parts.fixed;
    this.#logits = parts.logits;
    this.#seen = parts.seen;
    this.heads = facts.heads;
    this.modalities = facts.modalities;
    this.readsHistory = facts.readsHistory;
    this.readsStatistics = facts.readsStatistics;
    this.packed = facts.packed;
  }

  static async create(
    model: ConfiguredModel,
    weightsOf: (builder: Builder) => Weights,
    { catalogue, threads, device, calibration, shift }: RequestScorerOptions,
  ): Promise<VariedGraph> {
    const packed = !model.sharesHistory;
    const builder = new Builder({ training: false, history: packed ? "own" : "chosen" });
    const { logits: raw, attention, gates } = model.forward(builder, { catalogue });
    const weights = weightsOf(builder);
    const outputs: Record<string, Tensor> = { logits: calibrated(raw, calibration, { shift }) };
    if (attention) outputs.attention = attention.weights;
    if (gates) outputs.gates = gates.values;
    const varied = variedInputs(builder.plan, { packed });
    const last = frontier(Object.values(outputs), (tensor) => !varied.has(nameOf(tensor)));
    const fixed = Object.fromEntries(last.map((tensor, i) => [`known:${i}`, tensor]));
    const ofWeights = Object.entries(fixed).filter(([, tensor]) => isOfWeights(tensor));
    const constants = await computeWeights(Object.fromEntries(ofWeights), { builder, weights, threads });
    const others = new Map(
      Object.entries(fixed).map(([name, tensor]) => [tensor, constants[name] ?? standIn(name, tensor)]),
    );
    for (const [name] of ofWeights) delete fixed[name];
    const open = async (graph: Record<string, Tensor>): Promise<Part> => {
      const executor = await Executor.create(graph, { threads, device });
      const { names } = executor;
      return { executor, feeds: new FeedMaker(builder, weights, { of: names }), plan: planOf(builder.plan, names) };
    };
    const { logits, ...seen } = substitute(outputs, others);
    const parts = {
      fixed: await open(fixed),
      logits: await open({ logits: logits! }),
      seen: Object.keys(seen).length > 0 ? await open(seen) : null,
    };
    return new VariedGraph(parts, {
      heads: attention?.heads ?? [],
      modalities: gates?.modalities ?? [],
      readsHistory: [parts.logits, parts.seen].some((part) => part?.plan.inputs.some(({ name }) => varied.has(name))),
      readsStatistics:
        catalogue.statistics.item.length > 0 && parts.fixed.plan.inputs.some(({ from }) => from === "statistics"),
      packed,
    });
  }

  /** Computes what no choice of steps changes. */
  async ask(source: BatchSourceColumns, layout: AskedLayout): Promise<AskedRequest> {
    const all = layoutChoices(layout, [new Uint8Array(layout.steps.length).fill(1)], { packed: this.packed });
    const { executor, feeds, plan } = this.#fixed;
    const batch = assembleLayouts(source, plan, { rows: layout.rows, steps: all });
    return { source, layout, known: await executor.run(feeds.feeds(batch)) };
  }

  /** [rows] */
  async logits(asked: AskedRequest, rows: VariedRows): Promise<Float32Array> {
    const { logits } = await this.#run(this.#logits, asked, rows);
    return logits!.data as Float32Array;
  }

  /** Attention [rows, T, heads] and gates [rows, modalities], where the model has them. */
  async seen(asked: AskedRequest, rows: VariedRows): Promise<{ attention?: Value; gates?: Value }> {
    return this.#seen === null ? {} : this.#run(this.#seen, asked, rows);
  }

  async close(): Promise<void> {
    for (const part of [this.#fixed, this.#logits, this.#seen]) await part?.executor.close();
  }

  async #run(
    { executor, feeds, plan }: Part,
    { source, layout, known }: AskedRequest,
    { rows, choices }: VariedRows,
  ): Promise<Record<string, Value>> {
    const steps = layoutChoices(layout, choices, { packed: this.packed });
    const batch = assembleLayouts(source, plan, { rows: layout.rows, steps });
    return executor.run({ ...feeds.feeds(batch), ...known, [ROW]: { data: rows, dims: [rows.length] } });
  }
}

/** Names of the inputs that differ between choices. */
function variedInputs({ inputs, tables }: BatchPlan, { packed }: { packed: boolean }): ReadonlySet<string> {
  const sources = packed ? SOURCES_OF_STEPS : SOURCES_OF_CHOICE;
  return new Set([
    ...inputs.filter(({ from }) => sources.has(from)).map(({ name }) => name),
    ...tables.filter(({ rowsOf }) => packed && rowsOf === "step").map(({ name }) => name),
  ]);
}

const isOfWeights = (tensor: Tensor): boolean =>
  topological([tensor]).every((from) => from.op !== "input" || isWeight(from));

/** Constants: ONNX Runtime prepares them once, where what is fed is taken as it comes in every run. */
async function computeWeights(
  outputs: Record<string, Tensor>,
  { builder, weights, threads }: { builder: Builder; weights: Weights; threads: number },
): Promise<Record<string, Tensor>> {
  if (Object.keys(outputs).length === 0) return {};
  const executor = await Executor.create(outputs, { threads });
  try {
    const feeds = new FeedMaker(builder, weights, { of: executor.names });
    const values = await executor.run(feeds.feeds({ values: {}, tableRows: {} }));
    return Object.fromEntries(
      Object.entries(values).map(([name, { data, dims }]) => [name, constant(data as Float32Array, dims)]),
    );
  } finally {
    await executor.close();
  }
}

/** What stands for a tensor of the first part in the second: of the rows of the request, C on one axis, the one that each row is about. */
function standIn(name: string, tensor: Tensor): Tensor {
  const { shape, dtype } = tensor;
  const letters = shape.flatMap((dim, axis) => (String(dim).split("*").includes("B") ? [{ dim, axis }] : []));
  const [rows, ...more] = letters;
  if (rows === undefined) return input(name, shape, { dtype });
  if (rows.dim !== "B" || more.length > 0) {
    throw new MmdinError("MODEL", "the graph cannot be cut for explanations", {
      where: tensor.op,
      expected: "rows along one axis, [..., B, ...]",
      got: formatShape(shape),
    });
  }
  const of = input(
    name,
    shape.map((dim) => (dim === "B" ? "C" : dim)),
    { dtype },
  );
  const row = input(ROW, ["B"], { dtype: "int32" });
  if (rows.axis === 0) return gather(of, row);
  // The axis of the rows changes places with the first, and back.
  const swapped = shape.map((_, axis) => (axis === 0 ? rows.axis : axis === rows.axis ? 0 : axis));
  return transpose(gather(transpose(of, swapped), row), swapped);
}
