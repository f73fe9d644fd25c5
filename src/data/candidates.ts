import type { StatisticWriter } from "./statistic-writer.js";

/** Candidates that share an event lie together: a row and its negatives, or a ranking list. */
export interface CandidateTable {
  count: number;
  event: Int32Array;
  item: Int32Array;
  itemStatistics: Float32Array;
}

/** Finds the candidates of an event, over the tables of all splits. */
export class Candidates {
  /** Candidates of an event. */
  readonly size: number;
  /** The group of each event, -1 where it has none. */
  readonly groupOf: Int32Array;
  readonly #tables: readonly CandidateTable[];
  readonly #starts: number[] = [0];

  /** `size`: candidates of an event; `perCandidate`: whether `event` names the event of each candidate, or of each group. */
  constructor(
    tables: readonly CandidateTable[],
    { size, perCandidate, events }: { size: number; perCandidate: boolean; events: number },
  ) {
    this.size = size;
    this.#tables = tables;
    this.groupOf = new Int32Array(events).fill(-1);
    const step = perCandidate ? size : 1;
    for (const { event } of tables) {
      const start = this.#starts.at(-1) ?? 0;
      const groups = event.length / step;
      for (let g = 0; g < groups; g++) this.groupOf[event[g * step]!] = start + g;
      this.#starts.push(start + groups);
    }
  }

  /** The items of a group, to be read or filled in. */
  items(group: number): Int32Array {
    const t = this.#tableOf(group);
    const first = (group - this.#starts[t]!) * this.size;
    return this.#tables[t]!.item.subarray(first, first + this.size);
  }

  /** Writes the statistics of a group's items; `width` is the number of statistics. */
  fill(group: number, write: StatisticWriter, width: number): void {
    const t = this.#tableOf(group);
    const { item, itemStatistics } = this.#tables[t]!;
    const first = (group - this.#starts[t]!) * this.size;
    for (let c = first; c < first + this.size; c++) write(item[c]!, itemStatistics, c * width);
  }

  #tableOf(group: number): number {
    let t = 0;
    while (group >= this.#starts[t + 1]!) t++;
    return t;
  }
}
