import { expect, test } from "vitest";
import type { RawEvents } from "./raw-columns.js";
import { splitEvents } from "./split.js";
import { timeOrder } from "./time-order.js";

/** Events (user, time, item), sorted as the log is. */
function raw(...events: [number, number, number][]): RawEvents {
  const count = events.length;
  return {
    count,
    users: 10,
    items: 10,
    user: Int32Array.from(events, ([user]) => user),
    item: Int32Array.from(events, ([, , item]) => item),
    time: Float64Array.from(events, ([, time]) => time),
    label: new Uint8Array(count),
    history: null,
    file: null,
    categories: [],
    numbers: [],
    means: [],
  };
}

test("parts are cut at floor(n part) in the order (time, item, user)", () => {
  // By time, then item, then user: events 0 | 4 | 2 | 1 | 3.
  const log = raw([0, 1, 5], [0, 9, 5], [1, 9, 4], [1, 10, 0], [2, 9, 3]);
  const { slice, rowless } = splitEvents(log, { by: "time", train: 0.4, valid: 0.4, test: 0.2 }, timeOrder(log.time));
  expect([...slice]).toEqual([0, 1, 1, 2, 0]);
  expect(rowless).toBeNull();
});

test("ties of time and item at the cut go by user", () => {
  const log = raw([0, 9, 4], [1, 9, 4], [2, 9, 4], [3, 9, 4]);
  const { slice } = splitEvents(log, { by: "time", train: 0.5, valid: 0.25, test: 0.25 }, timeOrder(log.time));
  expect([...slice]).toEqual([0, 0, 1, 2]);
});

test("parts that are no binary fractions lose no event to rounding", () => {
  const log = raw(...Array.from({ length: 10 }, (_, k): [number, number, number] => [0, k, 0]));
  const { slice } = splitEvents(log, { by: "time", train: 0.7, valid: 0.1, test: 0.2 }, timeOrder(log.time));
  expect([0, 1, 2].map((part) => slice.filter((s) => s === part).length)).toEqual([7, 1, 2]);
});

test("leave-last: last is test, the one before validation, the first makes no row, and 4 events make none", () => {
  const user = (u: number, n: number) => Array.from({ length: n }, (_, k): [number, number, number] => [u, k, k]);
  const { slice, rowless } = splitEvents(raw(...user(0, 5), ...user(1, 4), ...user(2, 6)), { by: "leave-last" }, null);
  expect([...slice]).toEqual([0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
  expect([...(rowless ?? [])]).toEqual([1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
});
