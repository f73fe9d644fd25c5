import {
  type BatchInput,
  type BatchPlan,
  type BatchSource,
  SOURCES_OF_CHOICE,
  SOURCES_OF_STEPS,
  type TableInput,
  type TableSource,
} from "../data/batch-inputs.js";
import { MmdinError } from "../errors.js";
import { type Dim, type DType, inLayer, input, mul, type Shape, type Tensor } from "../graph/index.js";
import type { Initial } from "./initial.js";

/** A dense parameter: fed whole, its gradient comes back whole. */
export interface ParameterSpec {
  name: string;
  shape: readonly number[];
  initial: Initial;
  /** Whether weight decay pulls it to zero: matrices yes; biases, slopes and learned "missing" vectors no. */
  decay: boolean;
}

/** An embedding table [rows, dimension]: only the rows that a batch touches are fed, and updated. */
export interface TableSpec {
  name: string;
  rows: number;
  dimension: number;
  initial: Initial;
  /** False for tables that are counted, not learned. */
  trainable: boolean;
}

/** A weight that is not learned by gradient: running means of batch statistics. */
export interface StateSpec {
  name: string;
  shape: readonly number[];
  initial: number;
  /** In training, state <- (1 - momentum) * state + momentum * this output of the graph. */
  update?: { value: Tensor; momentum: number };
}

/** A table as one graph reads it: the rows of one source. */
export interface TableUse {
  table: string;
  input: string;
  tensor: Tensor;
}

/** The part of a joined vector that one modality fills. */
export interface ModalityRange {
  name: string;
  start: number;
  end: number;
}

/** The distinct items of a batch as a model reads them. */
export interface ItemEncoding {
  /** [U, M D]: the modalities of each distinct item, side by side. */
  joined: Tensor;
  ranges: readonly ModalityRange[];
}

export interface BuilderOptions {
  /** Whether dropout masks are asked for and batch statistics are used. */
  training: boolean;
  /**
   * Whose history the rows have: each its own, [B, T], or all of them one, [1, T], as the candidates of one person do. A model whose
   * history meets the candidate by broadcasting needs no other code for the second. "chosen": one history, and each row some steps of it;
   * then what is known of the steps is [1, T], and mask and length are those of each row.
   */
  history?: "own" | "one" | "chosen";
  /**
   * Where one history meets all candidates: the longest that there is, and how many hidden units (steps times units of a step) are
   * worked through at a time, so that what is made of them stays in the cache; default all.
   */
  inParts?: { longest: number; units: number };
}

/** Steps from `start` to before `end`, as far as there are any; the last part has no end. */
export interface StepPart {
  start: number;
  end: number | null;
}

/** Every part is some ten nodes of the graph. */
const MOST_PARTS = 32;

/** Prefixes of the names under which a graph's inputs are fed. */
export const PARAMETER = "parameter:";
export const STATE = "state:";
export const TABLE = "rows:";

/** The name of an input of a graph; of any other tensor none. */
export function nameOf(tensor: Tensor): string {
  return tensor.op === "input" ? (tensor as Tensor<"input">).attributes.name : "";
}

/** Whether a tensor is a parameter or a running moment, as it is fed. */
export function isWeight(tensor: Tensor): boolean {
  const name = nameOf(tensor);
  return name.startsWith(PARAMETER) || name.startsWith(STATE);
}

/**
 * Collects what a model declares while its `forward` is written: parameters, tables, batch inputs, dropout masks, states. One
 * builder makes one graph; the same `forward` with another builder makes the evaluation graph of the same weights.
 */
export class Builder {
  readonly training: boolean;
  readonly #history: "own" | "one" | "chosen";
  readonly #inParts: { longest: number; units: number } | undefined;
  readonly parameters = new Map<string, ParameterSpec & { tensor: Tensor }>();
  readonly tables = new Map<string, TableSpec>();
  readonly tableUses = new Map<string, TableUse>();
  readonly states = new Map<string, StateSpec>();
  /** The items as the model itself encodes them (`encodeItems` without a prefix); null for a model that does not. */
  itemEncoding: ItemEncoding | null = null;
  /** See `whole`. */
  readonly wholes = new Set<Tensor>();
  readonly #inputs = new Map<string, { spec: BatchInput; tensor: Tensor }>();
  readonly #tableInputs = new Map<string, TableInput>();

  constructor({ training, history = "own", inParts }: BuilderOptions) {
    this.training = training;
    this.#inParts = inParts;
    this.#history = history;
  }

  parameter(
    name: string,
    shape: readonly number[],
    { initial, decay = shape.length > 1 }: { initial: Initial; decay?: boolean },
  ): Tensor {
    if (this.parameters.has(name)) throw new MmdinError("MODEL", `parameter ${name} is declared twice`);
    const tensor = input(PARAMETER + name, shape);
    this.parameters.set(name, { name, shape, initial, decay, tensor });
    return tensor;
  }

  /** The rows of a table that a batch touches: [letter, dimension]. */
  table(source: TableSource, { name, rows, dimension, letter, initial, trainable = true }: TableSpecOptions): Tensor {
    const inputName = TABLE + name + (source.rowsOf === "items" || source.rowsOf === "bag" ? "" : `@${source.rowsOf}`);
    const known = this.tableUses.get(inputName);
    if (known !== undefined) return known.tensor;
    this.tables.set(name, { name, rows, dimension, initial, trainable });
    this.#tableInputs.set(inputName, { ...source, name: inputName, letter });
    const tensor = input(inputName, [letter, dimension]);
    this.tableUses.set(inputName, { table: name, input: inputName, tensor });
    return tensor;
  }

  /** A column of the batch; asked for twice, it is the same tensor. */
  batch(
    source: Exclude<BatchSource, { from: "dropout" }>,
    { shape, dtype = "float32" }: { shape: Shape; dtype?: DType },
  ): Tensor {
    const name = nameOfSource(source);
    const known = this.#inputs.get(name);
    if (known !== undefined) return known.tensor;
    const own = this.#isShared(source.from) ? [1, ...shape.slice(1)] : shape;
    const tensor = input(name, own, { dtype });
    this.#inputs.set(name, { spec: { ...source, name, shape: own, dtype }, tensor });
    return tensor;
  }

  #isShared(from: BatchSource["from"]): boolean {
    if (this.#history === "own" || !SOURCES_OF_STEPS.has(from)) return false;
    return this.#history === "one" || !SOURCES_OF_CHOICE.has(from);
  }

  /**
   * In training, x * mask with mask 0 at probability `rate`, else 1 / (1 - rate), of shape `shape` (default x's); else x. Asked for
   * twice under one name, it is the same mask.
   */
  dropout(x: Tensor, { name, rate, shape = x.shape }: { name: string; rate: number; shape?: Shape }): Tensor {
    if (!this.training || rate <= 0) return x;
    const inputName = `dropout:${name}`;
    const known = this.#inputs.get(inputName);
    if (known !== undefined) return mul(x, known.tensor);
    const mask = input(inputName, shape);
    this.#inputs.set(inputName, {
      spec: { from: "dropout", rate, name: inputName, shape, dtype: "float32" },
      tensor: mask,
    });
    return mul(x, mask);
  }

  state(name: string, shape: readonly number[], { initial }: { initial: number }): Tensor {
    if (this.states.has(name)) throw new MmdinError("MODEL", `state ${name} is declared twice`);
    this.states.set(name, { name, shape, initial });
    return input(STATE + name, shape);
  }

  updateState(name: string, update: { value: Tensor; momentum: number }): void {
    const spec = this.states.get(name);
    if (spec === undefined) throw new MmdinError("MODEL", `state ${name} is not declared`);
    this.states.set(name, { ...spec, update });
  }

  /** In training: what is computed from x needs all rows of the batch, as batch moments do. */
  whole(x: Tensor): void {
    if (this.training) this.wholes.add(x);
  }

  /** Names the layer in the errors of what is built inside. */
  layer<T>(name: string, build: () => T): T {
    return inLayer(name, build);
  }

  /** The parts in which steps of so many hidden units meet the candidates. */
  stepParts(width: number): StepPart[] {
    const { longest, units } = this.#inParts ?? { longest: 1, units: 1 };
    const steps = Math.max(Math.round(units / width), Math.ceil(longest / MOST_PARTS), 1);
    const count = Math.max(1, Math.ceil(longest / steps));
    return Array.from({ length: count }, (_, i) => ({
      start: i * steps,
      end: i === count - 1 ? null : (i + 1) * steps,
    }));
  }

  get plan(): BatchPlan {
    return { inputs: [...this.#inputs.values()].map(({ spec }) => spec), tables: [...this.#tableInputs.values()] };
  }
}

export interface TableSpecOptions {
  name: string;
  rows: number;
  dimension: number;
  letter: string;
  initial: Initial;
  trainable?: boolean;
}

function nameOfSource(source: BatchSource): string {
  const parts: string[] = [source.from];
  if ("of" in source) parts.push(source.of);
  if ("modality" in source) parts.push(source.modality);
  if ("feature" in source) parts.push(source.feature);
  return parts.join(":");
}

/** The width of a tensor's last axis, which every layer here must know as a number. */
export function widthOf(x: Tensor): number {
  const width: Dim | undefined = x.shape.at(-1);
  if (typeof width !== "number")
    throw new MmdinError("SHAPE", "the last axis must have a known width", { got: String(width) });
  return width;
}
