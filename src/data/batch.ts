import { MmdinError } from "../errors.js";
import { RandomStream } from "../random.js";
import type { BatchInput, BatchPlan, TableInput } from "./batch-inputs.js";
import { ItemInputs } from "./batch-items.js";
import { type BatchLayout, BatchLayouter } from "./batch-layout.js";
import { RowInputs } from "./batch-rows.js";
import { StepInputs } from "./batch-steps.js";
import { BufferRing } from "./buffer-ring.js";
import type { Catalogue, EventColumns, RowColumns } from "./columns.js";
import { HiddenParts, type TrainingDraw } from "./hidden-parts.js";
import { layoutRequest } from "./request-layout.js";

/** A batch as it is fed: columns by input name, and the rows of each embedding table (-1 is padding). Plain data. */
export interface Batch {
  B: number;
  T: number;
  U: number;
  /** Row numbers in the split. */
  rows: Int32Array;
  values: Record<string, { data: Float32Array | Int32Array; dims: number[] }>;
  tableRows: Record<string, Int32Array>;
}

export interface BatchSourceColumns {
  catalogue: Catalogue;
  events: EventColumns;
  rows: RowColumns;
  /** Catalogue index of each user of `events`, where they are not those of the catalogue in its order (a request). */
  users?: Int32Array;
}

export interface AssembleOptions {
  /** Present in training: masks and hidden parts are drawn from (seed, step). */
  training?: TrainingDraw;
}

type Filled = { data: Float32Array | Int32Array; dims: number[] };

/** Turns rows of a split into the inputs that a model's plan asks for. One assembler serves training, evaluation and requests. */
export class BatchAssembler {
  readonly #source: BatchSourceColumns;
  readonly #plan: BatchPlan;
  readonly #layouter: BatchLayouter;
  readonly #buffers: BufferRing;

  /** @param options.reuse the largest arrays of a batch are used again so many batches later; default 0, never. */
  constructor(source: BatchSourceColumns, plan: BatchPlan, { reuse = 0 }: { reuse?: number } = {}) {
    this.#buffers = new BufferRing(reuse);
    this.#source = source;
    this.#plan = plan;
    this.#layouter = new BatchLayouter(
      {
        events: source.events,
        rows: source.rows,
        items: source.catalogue.items.count,
        ...(source.users && { users: source.users }),
      },
      { length: source.catalogue.history.length },
    );
  }

  assemble(rows: Int32Array, { training }: AssembleOptions = {}): Batch {
    const layout = this.#layouter.layout(rows);
    this.#buffers.turn();
    const assembly = new Assembly(this.#source, { rows: layout, steps: layout }, { training, buffers: this.#buffers });
    const values: Record<string, Filled> = {};
    const tableRows: Record<string, Int32Array> = {};
    for (const table of this.#plan.tables) tableRows[table.name] = assembly.table(table);
    for (const input of this.#plan.inputs) values[input.name] = assembly.fill(input);
    return { B: layout.B, T: layout.T, U: layout.U, rows, values, tableRows };
  }
}

/**
 * A request: rows by candidate, the person's history for each of them or once for all, and items by their index in the catalogue. What
 * belongs to an item alone is not filled in: whoever ranks has it already.
 */
export function assembleRequest(
  source: BatchSourceColumns,
  plan: BatchPlan,
  { history }: { history: "own" | "one" },
): Batch {
  const layouts = layoutRequest(source, { length: source.catalogue.history.length, history });
  return assembleLayouts(source, plan, layouts);
}

/** The inputs of a plan for rows and steps that somebody else has laid out: items and rows from `rows`, the history from `steps`. */
export function assembleLayouts(
  source: BatchSourceColumns,
  { inputs, tables }: BatchPlan,
  { rows, steps }: { rows: BatchLayout; steps: BatchLayout },
): Batch {
  const assembly = new Assembly(source, { rows, steps }, { training: undefined, buffers: new BufferRing(0) });
  return {
    B: rows.B,
    T: steps.T,
    U: rows.U,
    rows: rows.rows,
    values: Object.fromEntries(inputs.map((input) => [input.name, assembly.fill(input)])),
    tableRows: Object.fromEntries(tables.map((table) => [table.name, assembly.table(table)])),
  };
}

class Assembly {
  readonly #layout: BatchLayout;
  readonly #stepLayout: BatchLayout;
  readonly #training: TrainingDraw | undefined;
  readonly #items: ItemInputs;
  readonly #steps: StepInputs;
  readonly #rows: RowInputs;

  constructor(
    source: BatchSourceColumns,
    { rows: layout, steps }: { rows: BatchLayout; steps: BatchLayout },
    { training, buffers }: { training: TrainingDraw | undefined; buffers: BufferRing },
  ) {
    const hidden = new HiddenParts(training);
    this.#layout = layout;
    this.#stepLayout = steps;
    this.#training = training;
    this.#items = new ItemInputs(source.catalogue, layout, { hidden, buffers });
    this.#steps = new StepInputs(source, steps, hidden);
    this.#rows = new RowInputs(source, layout, hidden);
  }

  table(table: TableInput): Int32Array {
    switch (table.rowsOf) {
      case "items":
        return this.#items.idRows();
      case "bag":
        return this.#items.bag(table.modality).rows;
      case "step":
        return this.#steps.codes(table.feature).rows;
      case "user":
        return this.#rows.users();
      case "context":
      case "userFeature":
        return this.#rows.codes(table.rowsOf === "context" ? "context" : "user", table.feature);
    }
  }

  fill(input: BatchInput): Filled {
    const { B, U } = this.#layout;
    const { B: H, T, history, steps, lengths } = this.#stepLayout;
    switch (input.from) {
      case "candidate":
        return { data: this.#layout.candidate, dims: [B] };
      case "history":
        return { data: history, dims: [H, T] };
      case "mask":
        return { data: maskOf(steps), dims: [H, T] };
      case "historyLength":
        return { data: Float32Array.from(lengths), dims: [H, 1] };
      case "label":
        return { data: this.#rows.labels(), dims: [B, 1] };
      case "age":
        return { data: this.#steps.ages(), dims: [H, T] };
      case "statistics":
        return this.#rows.statistics();
      case "bagPlaces": {
        const { places, longest } = this.#items.bag(input.modality);
        return { data: places, dims: [U, longest] };
      }
      case "bagWeights": {
        const { weights, longest } = this.#items.bag(input.modality);
        return { data: weights, dims: [U, longest] };
      }
      case "itemNumber":
        return { data: this.#items.number(input.modality), dims: [U, 1] };
      case "itemVector": {
        const { data, dimension } = this.#items.vector(input.modality);
        return { data, dims: [U, dimension] };
      }
      case "present":
        return { data: this.#items.present(input.modality), dims: [U, 1] };
      case "stepPlaces":
        return { data: this.#steps.codes(input.feature).places, dims: [H, T] };
      case "stepNumber":
      case "stepPresent":
        return { data: this.#steps.number(input.feature, input.from === "stepPresent"), dims: [H, T] };
      case "rowNumber":
      case "rowPresent":
        return {
          data: this.#rows.number(input.of, input.feature, { present: input.from === "rowPresent" }),
          dims: [B, 1],
        };
      case "dropout":
        return this.#dropout(input, input.rate);
    }
  }

  #dropout({ name, shape }: BatchInput, rate: number): Filled {
    const { B } = this.#layout;
    const dims = shape.map((dim) => (dim === "B" ? B : Number(dim)));
    const out = new Float32Array(dims.reduce((size, dim) => size * dim, 1));
    if (this.#training === undefined)
      throw new MmdinError("MODEL", `dropout mask ${name} is asked for outside training`);
    const random = new RandomStream(this.#training.seed, "dropout", name, this.#training.step);
    const limit = rate * 2 ** 32;
    const kept = 1 / (1 - rate);
    for (let i = 0; i < out.length; i++) out[i] = random.at(i) < limit ? 0 : kept;
    return { data: out, dims };
  }
}

/** 1 at real steps, 0 at padding. */
function maskOf(steps: Int32Array): Float32Array {
  const mask = new Float32Array(steps.length);
  for (let i = 0; i < steps.length; i++) if (steps[i]! >= 0) mask[i] = 1;
  return mask;
}
