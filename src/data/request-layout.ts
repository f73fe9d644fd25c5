import { type BatchLayout, historyLengthOf, type LayoutColumns, lengthBucket, userOf } from "./batch-layout.js";

/**
 * Lays out rows that are all about one event: the rows [B], and the history of that event, once or for each of them: [H, T]. Places are
 * indices of the catalogue: no items are looked for, U is 0.
 */
export function layoutRequest(
  { events, rows, users }: Omit<LayoutColumns, "items">,
  { length: longest, history: whose }: { length: number; history: "own" | "one" },
): { rows: BatchLayout; steps: BatchLayout } {
  const event = rows.event[0] ?? 0;
  const local = userOf(events, event);
  const length = historyLengthOf(events, event, { user: local, length: longest });
  const T = lengthBucket(length, longest);
  const user = users ? users[local]! : local;
  const H = whose === "one" ? 1 : rows.count;
  const steps = new Int32Array(H * T).fill(-1);
  const history = new Int32Array(H * T);
  const first = events.historyEnd[event]! - length;
  for (let t = 0; t < length; t++) {
    const step = events.history === null ? first + t : events.history[first + t]!;
    for (let at = t; at < H * T; at += T) {
      steps[at] = step;
      history[at] = events.item[step]!;
    }
  }
  const none = { U: 0, distinct: 0, items: new Int32Array(0) };
  const B = rows.count;
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
      user: new Int32Array(B).fill(user),
    },
    steps: {
      ...none,
      B: H,
      T,
      rows: new Int32Array(H),
      candidate: new Int32Array(0),
      history,
      steps,
      lengths: new Int32Array(H).fill(length),
      event: new Int32Array(H).fill(event),
      user: new Int32Array(H).fill(user),
    },
  };
}
