import { expect, test } from "vitest";
import { RandomStream } from "../random.js";
import type { RawEvents } from "./raw-columns.js";
import { sortEvents } from "./sort-events.js";
import { timeOrder } from "./time-order.js";

type Row = readonly [user: number, item: number, time: number, label: number, value: number];

function rawOf(rows: readonly Row[]): RawEvents {
  return {
    count: rows.length,
    users: 7,
    items: 9,
    user: Int32Array.from(rows, (row) => row[0]),
    item: Int32Array.from(rows, (row) => row[1]),
    time: Float64Array.from(rows, (row) => row[2]),
    label: Uint8Array.from(rows, (row) => row[3]),
    history: null,
    file: null,
    categories: [],
    numbers: [{ name: "value", values: Float64Array.from(rows, (row) => row[4]) }],
    means: [],
  };
}

function rowsOf({ user, item, time, label, numbers }: RawEvents): Row[] {
  return Array.from(user, (_, e) => [user[e]!, item[e]!, time[e]!, label[e]!, numbers[0]!.values[e]!]);
}

/** Events of few moments; a value in ten is missing. */
function randomRows(seed: number, moments: number): Row[] {
  const random = new RandomStream(seed);
  const value = () => (random.below(10) === 0 ? Number.NaN : random.below(4));
  return Array.from({ length: 600 }, () => [
    random.below(7),
    random.below(9),
    random.below(moments),
    random.below(2),
    value(),
  ]);
}

const missingLast = (value: number) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
const byAll = (a: Row, b: Row) =>
  a[0] - b[0] || a[2] - b[2] || a[1] - b[1] || a[3] - b[3] || Math.sign(missingLast(a[4]) - missingLast(b[4])) || 0;

test.each([
  ["in any order", 30, (rows: Row[]) => rows],
  ["in order of time, pieces turned round", 30, inPieces],
  ["in order of time, few moments", 3, inPieces],
])("a log %s is sorted by user, time, item and all else, and then by time", (_, moments, arrange) => {
  const rows = randomRows(moments, moments);
  const raw = rawOf(arrange([...rows]));
  const { order: byTime, begins } = sortEvents(raw);
  expect(rowsOf(raw)).toEqual(rows.sort(byAll));
  expect(byTime).toEqual(timeOrder(raw.time));
  const times = Array.from(byTime, (event) => raw.time[event]!);
  expect([...begins]).toEqual(times.map((time, k) => (time === times[k - 1] ? 0 : 1)));
});

/** Sorted by time, then cut into two pieces, the last one first. */
function inPieces(rows: Row[]): Row[] {
  rows.sort((a, b) => a[2] - b[2]);
  return [...rows.slice(250), ...rows.slice(0, 250)];
}

test("an empty log stays one", () => {
  expect(sortEvents(rawOf([])).order).toHaveLength(0);
});
