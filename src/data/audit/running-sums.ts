import type { Seen } from "./expected-statistic.js";

/** Sums over events in some order: what lies between two places of it is a difference. */
export class RunningSums {
  readonly #positives: Float64Array;
  readonly #means: { count: Float64Array; sum: Float64Array } | undefined;

  /** `order`: event at each place; null for the order of the dataset. `values`: the averaged column. */
  constructor(label: Uint8Array, { order, values }: { order: Int32Array | null; values?: Float64Array | undefined }) {
    const { length } = label;
    const at = (k: number): number => (order ? order[k]! : k);
    this.#positives = new Float64Array(length + 1);
    for (let k = 0; k < length; k++) this.#positives[k + 1] = this.#positives[k]! + label[at(k)]!;
    if (!values) return;
    const count = new Float64Array(length + 1);
    const sum = new Float64Array(length + 1);
    for (let k = 0; k < length; k++) {
      const value = values[at(k)]!;
      count[k + 1] = count[k]! + (Number.isNaN(value) ? 0 : 1);
      sum[k + 1] = sum[k]! + (Number.isNaN(value) ? 0 : value);
    }
    this.#means = { count, sum };
  }

  between(from: number, to: number): Seen {
    return {
      count: to - from,
      positives: this.#positives[to]! - this.#positives[from]!,
      meanCount: this.#means ? this.#means.count[to]! - this.#means.count[from]! : 0,
      meanSum: this.#means ? this.#means.sum[to]! - this.#means.sum[from]! : 0,
    };
  }
}
