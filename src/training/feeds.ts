import type { Batch } from "../data/batch.js";
import { type Builder, PARAMETER, STATE } from "../nn/builder.js";
import type { Value } from "../runtime/executor.js";
import type { Weights } from "./weights.js";

/** Joins a batch with the weights that its graph reads: parameters and states whole, tables by the rows it touches. */
export class FeedMaker {
  readonly #fixed: Record<string, Value> = {};
  /** Weights in shared memory, which ONNX Runtime refuses, and the copies that it is fed. */
  readonly #shared: { from: Float32Array; to: Float32Array }[] = [];
  readonly #tables: { input: string; table: Float32Array; dimension: number }[] = [];
  readonly #buffers = new Map<string, Float32Array>();

  /** @param options.of names of the inputs that the graph reads; default all that the builder knows. */
  constructor(builder: Builder, weights: Weights, { of }: { of?: ReadonlySet<string> } = {}) {
    const read = (name: string): boolean => of === undefined || of.has(name);
    for (const { name, shape } of builder.parameters.values()) {
      if (!read(PARAMETER + name)) continue;
      this.#fixed[PARAMETER + name] = { data: this.#feedable(weights.get(name)), dims: shape };
    }
    for (const { name, shape } of builder.states.values()) {
      if (!read(STATE + name)) continue;
      this.#fixed[STATE + name] = { data: this.#feedable(weights.get(name)), dims: shape };
    }
    for (const { table, input } of builder.tableUses.values()) {
      if (!read(input)) continue;
      this.#tables.push({ input, table: weights.get(table), dimension: builder.tables.get(table)!.dimension });
    }
  }

  #feedable(weight: Float32Array): Float32Array {
    if (weight.buffer instanceof ArrayBuffer) return weight;
    const to = new Float32Array(weight.length);
    this.#shared.push({ from: weight, to });
    return to;
  }

  feeds({ values, tableRows }: Pick<Batch, "values" | "tableRows">): Record<string, Value> {
    for (const { from, to } of this.#shared) to.set(from);
    const feeds: Record<string, Value> = { ...this.#fixed, ...values };
    for (const { input, table, dimension } of this.#tables) {
      const rows = tableRows[input]!;
      const size = rows.length * dimension;
      let buffer = this.#buffers.get(input);
      if (buffer === undefined || buffer.length < size) {
        buffer = new Float32Array(size);
        this.#buffers.set(input, buffer);
      }
      gatherRows(table, { rows, dimension, into: buffer });
      feeds[input] = { data: buffer.subarray(0, size), dims: [rows.length, dimension] };
    }
    return feeds;
  }
}

/** Copies table rows side by side; zeros where a row is -1 (padding). */
function gatherRows(
  table: Float32Array,
  { rows, dimension, into }: { rows: Int32Array; dimension: number; into: Float32Array },
): void {
  let to = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (row < 0) into.fill(0, to, to + dimension);
    else {
      const from = row * dimension;
      for (let d = 0; d < dimension; d++) into[to + d] = table[from + d]!;
    }
    to += dimension;
  }
}
