import { type BatchLayout, historyLengthOf, type LayoutColumns, lengthBucket, userOf } from "./batch-layout.js";

/**
 * Lays out the rows of requests [B], and their histories [H, T]: one for all rows, which are then about one event ("one"), or for each row
 * that of its own event ("own"). Places are indices of the catalogue: no items are looked for, U is 0.
 */
export function layoutRequest(
  { events, rows, users }: Omit<LayoutColumns, "items">,
  { length: longest, history: whose }: { length: number; history: "own" | "one" },
): { rows: BatchLayout; steps: BatchLayout } {
  const B = rows.count;
  const H = whose === "one" ? 1 : B;
  const event = Int32Array.from({ length: H }, (_, h) => rows.event[h] ?? 0);
  const local = event.map((e) => userOf(events, e));
  const user = users ? local.map((index) => users[index]!) : local;
  const lengths = event.map((e, h) => historyLengthOf(events, e, { user: local[h]!, length: longest }));
  const T = lengthBucket(
    lengths.reduce((most, length) => Math.max(most, length), 0),
    longest,
  );
  const steps = new Int32Array(H * T).fill(-1);
  const history = new Int32Array(H * T);
  for (let h = 0; h < H; h++) {
    const first = events.historyEnd[event[h]!]! - lengths[h]!;
    for (let t = 0; t < lengths[h]!; t++) {
      const step = events.history === null ? first + t : events.history[first + t]!;
      steps[h * T + t] = step;
      history[h * T + t] = events.item[step]!;
    }
  }
  const none = { U: 0, distinct: 0, items: new Int32Array(0) };
  return {
    rows: {
      ...none,
      B,
      T,
      rows: Int32Array.from({ length: B }, (_, row) => row),
      candidate: rows.item,
      history: new Int32Array(0),
      steps: new Int32Array(0),
      lengths: new Int32Array(0),
      event: rows.event,
      user: whose === "one" ? new Int32Array(B).fill(user[0]!) : user,
    },
    steps: {
      ...none,
      B: H,
      T,
      rows: new Int32Array(H),
      candidate: new Int32Array(0),
      history,
      steps,
      lengths,
      event,
      user,
    },
  };
}
