import type { EventColumns, RowColumns } from "./columns.js";

/** The rows of one batch and where their items, steps and events lie: everything that the inputs are then filled from. */
export interface BatchLayout {
  B: number;
  /** Steps, rounded up to a bucket; at least 1. */
  T: number;
  /** Distinct items, rounded up; items[places] is -1 beyond `distinct`. */
  U: number;
  distinct: number;
  /** Row numbers in the split. */
  rows: Int32Array;
  /** Catalogue index of each distinct item. */
  items: Int32Array; // [U]
  candidate: Int32Array; // [B], places
  history: Int32Array; // [B, T], places
  /** Event index of each step, -1 at padding; the oldest step first. */
  steps: Int32Array; // [B, T]
  lengths: Int32Array; // [B]
  /** Event that each row is about. */
  event: Int32Array; // [B]
  /** Index of each row's user in the catalogue. */
  user: Int32Array; // [B]
}

export interface LayoutColumns {
  events: EventColumns;
  rows: RowColumns;
  /** Number of items in the catalogue. */
  items: number;
  /** Catalogue index of each user of `events`, where they are not those of the catalogue in its order (a request). */
  users?: Int32Array;
}

export interface LayoutOptions {
  /** Longest history to take; the most recent steps stay. */
  length: number;
}

/** Rounds a history length up, so that few distinct shapes reach the runtime. */
export function lengthBucket(length: number, longest: number): number {
  const buckets = [1, 2, 4, 8, 12, 16, 24, 32, 40];
  for (const bucket of buckets) if (length <= bucket && bucket < longest) return bucket;
  for (let bucket = 64; bucket < longest; bucket *= 2) if (length <= bucket) return bucket;
  return Math.max(1, longest);
}

/** Rounds a count up to one of 32 steps per power of two: few distinct shapes reach the runtime, and 1 in 64 is padding. */
export function countBucket(count: number): number {
  if (count <= 8) return 8;
  const step = 2 ** Math.max(3, Math.ceil(Math.log2(count)) - 6);
  return Math.ceil(count / step) * step;
}

/** Number of history steps of an event, at most `length`. */
export function historyLengthOf(
  events: EventColumns,
  event: number,
  { user, length }: { user: number; length: number },
): number {
  return Math.min(length, events.historyEnd[event]! - events.historyStart[user]!);
}

/** Finds the user of an event by bisection over the users' starts. */
export function userOf(events: EventColumns, event: number): number {
  const starts = events.userStart;
  let low = 0;
  let high = starts.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= event) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Lays out batches over one split; reuses a stamp array of the size of the catalogue to find distinct items. */
export class BatchLayouter {
  readonly #events: EventColumns;
  readonly #rows: RowColumns;
  readonly #length: number;
  readonly #users: Int32Array | undefined;
  readonly #stamp: Int32Array;
  readonly #place: Int32Array;
  #turn = 0;

  constructor(columns: LayoutColumns, { length }: LayoutOptions) {
    this.#users = columns.users;
    this.#events = columns.events;
    this.#rows = columns.rows;
    this.#length = length;
    this.#stamp = new Int32Array(columns.items);
    this.#place = new Int32Array(columns.items);
  }

  layout(rows: Int32Array): BatchLayout {
    const events = this.#events;
    const B = rows.length;
    const event = new Int32Array(B);
    const user = new Int32Array(B);
    const lengths = new Int32Array(B);
    let longest = 0;
    for (let b = 0; b < B; b++) {
      event[b] = this.#rows.event[rows[b]!]!;
      const local = userOf(events, event[b]!);
      user[b] = this.#users ? this.#users[local]! : local;
      lengths[b] = historyLengthOf(events, event[b]!, { user: local, length: this.#length });
      if (lengths[b]! > longest) longest = lengths[b]!;
    }
    const T = lengthBucket(longest, this.#length);
    const found = new Int32Array(B * (T + 1));
    const steps = new Int32Array(B * T).fill(-1);
    const history = new Int32Array(B * T);
    const candidate = new Int32Array(B);
    const { item } = events;
    this.#turn++;
    let distinct = 0;
    const placeOf = (index: number): number => {
      if (this.#stamp[index] !== this.#turn) {
        this.#stamp[index] = this.#turn;
        this.#place[index] = distinct;
        found[distinct++] = index;
      }
      return this.#place[index]!;
    };
    for (let b = 0; b < B; b++) {
      candidate[b] = placeOf(this.#rows.item[rows[b]!]!);
      const end = events.historyEnd[event[b]!]!;
      const first = end - lengths[b]!;
      for (let t = 0; t < lengths[b]!; t++) {
        const step = events.history === null ? first + t : events.history[first + t]!;
        steps[b * T + t] = step;
        history[b * T + t] = placeOf(item[step]!);
      }
    }
    const U = countBucket(distinct);
    const items = new Int32Array(U).fill(-1);
    items.set(found.subarray(0, distinct));
    return { B, T, U, distinct, rows, items, candidate, history, steps, lengths, event, user };
  }
}
