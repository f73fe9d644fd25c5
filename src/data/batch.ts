import { MmdinError } from "../errors.js";
import { RandomStream } from "../random.js";
import { ageBucket, type BatchInput, type BatchPlan, type TableInput } from "./batch-inputs.js";
import { type BatchLayout, BatchLayouter, countBucket } from "./batch-layout.js";
import {
  type Catalogue,
  type EventColumns,
  type FeatureColumn,
  type FeatureSchema,
  MISSING_CODE,
  type ModalityColumn,
  type Normaliser,
  type RowColumns,
  UNKNOWN_INDEX,
} from "./columns.js";

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

/** Probabilities with which training hides what it knows, so that a request without it still scores. */
export interface HideRates {
  /** An item's id becomes the unknown id (this trains the unknown row). */
  id: number;
  /** A modality of an item becomes missing. */
  modality: number;
  /** A feature of the steps or of the context becomes missing, over a whole row; a user becomes the unknown user. */
  feature: number;
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
  training?: { seed: number; step: number; hide: HideRates };
}

type Filled = { data: Float32Array | Int32Array; dims: number[] };

/** Turns rows of a split into the inputs that a model's plan asks for. One assembler serves training, evaluation and requests. */
export class BatchAssembler {
  readonly #source: BatchSourceColumns;
  readonly #plan: BatchPlan;
  readonly #layouter: BatchLayouter;

  constructor(source: BatchSourceColumns, plan: BatchPlan) {
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
    const assembly = new Assembly(this.#source, layout, training);
    const values: Record<string, Filled> = {};
    const tableRows: Record<string, Int32Array> = {};
    for (const table of this.#plan.tables) tableRows[table.name] = assembly.table(table);
    for (const input of this.#plan.inputs) values[input.name] = assembly.fill(input);
    return { B: layout.B, T: layout.T, U: layout.U, rows, values, tableRows };
  }
}

/** Distinct category codes of a batch, and the place of each occurrence among them. */
interface Places {
  rows: Int32Array; // distinct codes, -1 at padding
  places: Int32Array;
  weights?: Float32Array;
  longest: number;
}

class Assembly {
  readonly #catalogue: Catalogue;
  readonly #events: EventColumns;
  readonly #rowColumns: RowColumns;
  readonly #layout: BatchLayout;
  readonly #training: AssembleOptions["training"];
  readonly #bags = new Map<string, Places>();
  readonly #steps = new Map<string, Places>();
  readonly #hidden = new Map<string, Uint8Array>();

  constructor(
    { catalogue, events, rows }: BatchSourceColumns,
    layout: BatchLayout,
    training: AssembleOptions["training"],
  ) {
    this.#catalogue = catalogue;
    this.#events = events;
    this.#rowColumns = rows;
    this.#layout = layout;
    this.#training = training;
  }

  table(table: TableInput): Int32Array {
    switch (table.rowsOf) {
      case "items":
        return this.#idRows();
      case "bag":
        return this.#bag(table.modality).rows;
      case "step":
        return this.#stepCodes(table.feature).rows;
      case "user":
        return this.#userRows();
      case "context":
      case "userFeature":
        return this.#rowCodes(table.rowsOf === "context" ? "context" : "user", table.feature);
    }
  }

  fill(input: BatchInput): Filled {
    const { B, T, U } = this.#layout;
    switch (input.from) {
      case "candidate":
        return { data: this.#layout.candidate, dims: [B] };
      case "history":
        return { data: this.#layout.history, dims: [B, T] };
      case "mask":
        return { data: Float32Array.from(this.#layout.steps, (step) => (step < 0 ? 0 : 1)), dims: [B, T] };
      case "historyLength":
        return { data: Float32Array.from(this.#layout.lengths), dims: [B, 1] };
      case "label":
        return { data: Float32Array.from(this.#layout.rows, (row) => this.#rowColumns.label[row]!), dims: [B, 1] };
      case "age":
        return { data: this.#ages(), dims: [B, T] };
      case "statistics":
        return this.#statistics();
      case "bagPlaces": {
        const { places, longest } = this.#bag(input.modality);
        return { data: places, dims: [U, longest] };
      }
      case "bagWeights": {
        const { weights, longest } = this.#bag(input.modality);
        return { data: weights!, dims: [U, longest] };
      }
      case "itemNumber":
        return { data: this.#itemNumber(input.modality), dims: [U, 1] };
      case "itemVector": {
        const column = this.#modality(input.modality);
        if (column.kind !== "vector") throw kindError(input.modality, "vector", column.kind);
        return { data: this.#itemVector(column), dims: [U, column.dimension] };
      }
      case "present":
        return { data: this.#present(input.modality), dims: [U, 1] };
      case "stepPlaces":
        return { data: this.#stepCodes(input.feature).places, dims: [B, T] };
      case "stepNumber":
      case "stepPresent":
        return { data: this.#stepNumber(input.feature, input.from === "stepPresent"), dims: [B, T] };
      case "rowNumber":
      case "rowPresent":
        return {
          data: this.#rowNumber(input.of, input.feature, { present: input.from === "rowPresent" }),
          dims: [B, 1],
        };
      case "dropout":
        return this.#dropout(input, input.rate);
    }
  }

  #modality(name: string): ModalityColumn {
    const column = this.#catalogue.modalities.find((modality) => modality.name === name);
    if (column === undefined) {
      const names = this.#catalogue.modalities.map((modality) => modality.name).join(", ");
      throw new MmdinError("MISMATCH", `the catalogue has no modality ${name}`, {
        expected: `one of ${names || "none"}`,
      });
    }
    return column;
  }

  /** Which of `count` things are hidden in this step; null outside training. */
  #hide(what: string, { rate, count }: { rate: number; count: number }): Uint8Array | null {
    if (this.#training === undefined || rate <= 0) return null;
    let hidden = this.#hidden.get(what);
    if (hidden === undefined) {
      const random = new RandomStream(this.#training.seed, "hide", what, this.#training.step);
      const limit = rate * 2 ** 32;
      hidden = new Uint8Array(count);
      for (let i = 0; i < count; i++) hidden[i] = random.at(i) < limit ? 1 : 0;
      this.#hidden.set(what, hidden);
    }
    return hidden;
  }

  #idRows(): Int32Array {
    const { U, distinct, items } = this.#layout;
    const trained = this.#catalogue.items.trained;
    const hidden = this.#hide("id", { rate: this.#training?.hide.id ?? 0, count: U });
    const rows = new Int32Array(U).fill(-1);
    for (let u = 0; u < distinct; u++) {
      const item = items[u]!;
      rows[u] = item > trained || hidden?.[u] ? UNKNOWN_INDEX : item;
    }
    return rows;
  }

  #userRows(): Int32Array {
    const { B, user } = this.#layout;
    const trained = this.#catalogue.users.trained;
    const hidden = this.#hide("user", { rate: this.#training?.hide.feature ?? 0, count: B });
    return Int32Array.from(user, (index, b) => (index > trained || hidden?.[b] ? UNKNOWN_INDEX : index));
  }

  #hiddenModality(name: string): Uint8Array | null {
    return this.#hide(`modality ${name}`, { rate: this.#training?.hide.modality ?? 0, count: this.#layout.U });
  }

  #bag(name: string): Places {
    let bag = this.#bags.get(name);
    if (bag === undefined) {
      bag = this.#makeBag(name);
      this.#bags.set(name, bag);
    }
    return bag;
  }

  #makeBag(name: string): Places {
    const { U, distinct, items } = this.#layout;
    const column = this.#modality(name);
    if (column.kind !== "category") throw kindError(name, "category", column.kind);
    const hidden = this.#hiddenModality(name);
    let longest = 1;
    for (let u = 0; u < distinct; u++) {
      longest = Math.max(longest, column.offsets[items[u]! + 1]! - column.offsets[items[u]!]!);
    }
    if (longest > 1) longest = 2 ** Math.ceil(Math.log2(longest));
    const codes = new Int32Array(U * longest).fill(-1);
    const weights = new Float32Array(U * longest);
    for (let u = 0; u < distinct; u++) {
      if (hidden?.[u]) continue;
      const start = column.offsets[items[u]!]!;
      const count = column.offsets[items[u]! + 1]! - start;
      for (let i = 0; i < count; i++) {
        codes[u * longest + i] = column.codes[start + i]!;
        weights[u * longest + i] = 1 / count;
      }
    }
    return { ...distinctPlaces(codes), weights, longest };
  }

  #present(name: string): Float32Array {
    const { U, distinct, items } = this.#layout;
    const column = this.#modality(name);
    const hidden = this.#hiddenModality(name);
    const present = new Float32Array(U);
    for (let u = 0; u < distinct; u++) present[u] = !hidden?.[u] && hasModality(column, items[u]!) ? 1 : 0;
    return present;
  }

  #itemNumber(name: string): Float32Array {
    const column = this.#modality(name);
    if (column.kind !== "number") throw kindError(name, "number", column.kind);
    const { U, distinct, items } = this.#layout;
    const hidden = this.#hiddenModality(name);
    const out = new Float32Array(U);
    for (let u = 0; u < distinct; u++) {
      if (!hidden?.[u]) out[u] = normalise(column.values[items[u]!]!, column.normaliser);
    }
    return out;
  }

  #itemVector({ name, dimension, row, values }: ModalityColumn & { kind: "vector" }): Float32Array {
    const { U, distinct, items } = this.#layout;
    const hidden = this.#hiddenModality(name);
    const out = new Float32Array(U * dimension);
    for (let u = 0; u < distinct; u++) {
      const at = row[items[u]!]!;
      if (at >= 0 && !hidden?.[u]) out.set(values.subarray(at * dimension, (at + 1) * dimension), u * dimension);
    }
    return out;
  }

  #hiddenFeature(name: string): Uint8Array | null {
    return this.#hide(`feature ${name}`, { rate: this.#training?.hide.feature ?? 0, count: this.#layout.B });
  }

  #ages(): Int32Array {
    const { B, T, steps, event } = this.#layout;
    const hidden = this.#hiddenFeature("age");
    const ages = new Int32Array(B * T);
    for (let b = 0; b < B; b++) {
      if (hidden?.[b]) continue;
      const now = this.#events.time[event[b]!]!;
      for (let t = 0; t < T; t++) {
        const step = steps[b * T + t]!;
        if (step >= 0) ages[b * T + t] = ageBucket(now - this.#events.time[step]!);
      }
    }
    return ages;
  }

  #feature(of: "step" | "context" | "user", name: string): { schema: FeatureSchema; column: FeatureColumn } {
    const { eventFeatures, context, userFeatures } = this.#catalogue;
    const [schemas, columns] =
      of === "step"
        ? [eventFeatures, this.#events.features]
        : of === "context"
          ? [context, this.#events.context]
          : [userFeatures.schema, userFeatures.columns];
    const at = schemas.findIndex((schema) => schema.name === name);
    const schema = schemas[at];
    const column = columns[at];
    if (schema === undefined || column === undefined) {
      throw new MmdinError("MISMATCH", `the dataset has no ${of} feature ${name}`, {
        expected: schemas.map((known) => known.name).join(", ") || "none",
      });
    }
    return { schema, column };
  }

  #stepCodes(name: string): Places {
    let places = this.#steps.get(name);
    if (places === undefined) {
      const { B, T, steps } = this.#layout;
      const { column } = this.#feature("step", name);
      if (column.kind !== "category") throw kindError(name, "category", column.kind);
      const hidden = this.#hiddenFeature(name);
      const codes = new Int32Array(B * T).fill(-1);
      for (let i = 0; i < codes.length; i++) {
        const step = steps[i]!;
        if (step >= 0) codes[i] = hidden?.[Math.floor(i / T)] ? MISSING_CODE : column.codes[step]!;
      }
      places = { ...distinctPlaces(codes), longest: T };
      this.#steps.set(name, places);
    }
    return places;
  }

  #stepNumber(name: string, present: boolean): Float32Array {
    const { T, steps } = this.#layout;
    const { schema, column } = this.#feature("step", name);
    if (column.kind !== "number" || schema.kind !== "number") throw kindError(name, "number", column.kind);
    const hidden = this.#hiddenFeature(name);
    return Float32Array.from(steps, (step, i) => {
      const value = step < 0 || hidden?.[Math.floor(i / T)] ? Number.NaN : column.values[step]!;
      return present ? (Number.isNaN(value) ? 0 : 1) : normalise(value, schema.normaliser);
    });
  }

  /** Index of each row's value in its column: the event for a context feature, the user for a user feature. */
  #rowIndex(of: "context" | "user"): Int32Array {
    return of === "context" ? this.#layout.event : this.#layout.user;
  }

  #rowCodes(of: "context" | "user", name: string): Int32Array {
    const { column } = this.#feature(of, name);
    if (column.kind !== "category") throw kindError(name, "category", column.kind);
    const hidden = this.#hiddenFeature(name);
    return this.#rowIndex(of).map((index, b) => (hidden?.[b] ? MISSING_CODE : column.codes[index]!));
  }

  #rowNumber(of: "context" | "user", name: string, { present }: { present: boolean }): Float32Array {
    const { schema, column } = this.#feature(of, name);
    if (column.kind !== "number" || schema.kind !== "number") throw kindError(name, "number", column.kind);
    const hidden = this.#hiddenFeature(name);
    return Float32Array.from(this.#rowIndex(of), (index, b) => {
      const value = hidden?.[b] ? Number.NaN : column.values[index]!;
      return present ? (Number.isNaN(value) ? 0 : 1) : normalise(value, schema.normaliser);
    });
  }

  #statistics(): Filled {
    const { user, item } = this.#catalogue.statistics;
    const { B, rows, event } = this.#layout;
    const width = user.length + item.length;
    const out = new Float32Array(B * width);
    for (let b = 0; b < B; b++) {
      user.forEach((schema, s) => {
        out[b * width + s] = (this.#events.userStatistics[event[b]! * user.length + s]! - schema.mean) / schema.std;
      });
      item.forEach((schema, s) => {
        const value = this.#rowColumns.itemStatistics[rows[b]! * item.length + s]!;
        out[b * width + user.length + s] = (value - schema.mean) / schema.std;
      });
    }
    return { data: out, dims: [B, width] };
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

function kindError(name: string, expected: string, got: string): MmdinError {
  return new MmdinError("MISMATCH", `${name} is of another kind than the model was built for`, { expected, got });
}

function hasModality(column: ModalityColumn, item: number): boolean {
  switch (column.kind) {
    case "category":
      return column.offsets[item + 1]! > column.offsets[item]!;
    case "number":
      return !Number.isNaN(column.values[item]!);
    case "vector":
      return column.row[item]! >= 0;
  }
}

/** x' = (f(x) - mean) / std; 0, the mean, where x is missing. */
function normalise(value: number, { log, mean, std }: Normaliser): number {
  if (Number.isNaN(value)) return 0;
  return ((log ? Math.log1p(Math.max(0, value)) : value) - mean) / std;
}

/** Distinct codes (in order of first sight) and each occurrence's place; -1 is padding and gets place 0. */
function distinctPlaces(codes: Int32Array): { rows: Int32Array; places: Int32Array } {
  const placeOf = new Map<number, number>();
  const places = new Int32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code < 0) continue;
    let place = placeOf.get(code);
    if (place === undefined) {
      place = placeOf.size;
      placeOf.set(code, place);
    }
    places[i] = place;
  }
  const rows = new Int32Array(countBucket(placeOf.size)).fill(-1);
  rows.set([...placeOf.keys()]);
  return { rows, places };
}
