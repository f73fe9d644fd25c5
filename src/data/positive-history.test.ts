import { expect, test } from "vitest";
import type { EventColumns } from "./columns.js";
import { positiveHistory, readHistory } from "./positive-history.js";

/** The unknown person, one of 5 events and one of 3; the second's last two share their time. */
function events(): EventColumns {
  return {
    count: 8,
    userStart: Int32Array.of(0, 0, 5, 8),
    item: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    time: Float64Array.of(1, 2, 3, 4, 5, 1, 2, 2),
    label: Uint8Array.of(0, 1, 1, 0, 1, 1, 0, 1),
    features: [],
    context: [],
    history: null,
    historyStart: Int32Array.of(0, 0, 5, 8),
    historyEnd: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 6),
    userStatistics: new Float32Array(0),
  };
}

test("histories of positive events alone: 1, 2, 4 of the first person, 5 and 7 of the second", () => {
  const { history, historyStart, historyEnd } = positiveHistory(events());
  expect([...history!]).toEqual([1, 2, 4, 5, 7]);
  expect([...historyStart]).toEqual([0, 0, 3, 5]);
  expect([...historyEnd]).toEqual([0, 0, 1, 2, 2, 3, 4, 4]);
  expect(history!.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test("a history of some events loses those whose label is 0", () => {
  const some = {
    ...events(),
    history: Int32Array.of(0, 1, 3, 4, 6, 7),
    historyStart: Int32Array.of(0, 0, 4, 6),
    historyEnd: Int32Array.of(0, 1, 2, 2, 3, 4, 4, 4),
  };
  const { history, historyStart, historyEnd } = positiveHistory(some);
  expect([...history!]).toEqual([1, 4, 7]);
  expect([...historyStart]).toEqual([0, 0, 2, 3]);
  expect([...historyEnd]).toEqual([0, 0, 1, 1, 1, 2, 2, 2]);
});

test("histories that are positive as they are come back themselves, and so do all where all are read", () => {
  const liked = { ...events(), history: Int32Array.of(1, 2, 4, 5, 7) };
  expect(positiveHistory(liked)).toBe(liked);
  const all = events();
  expect(readHistory(all, "all")).toBe(all);
  expect(readHistory(all, "positives").history).toHaveLength(5);
});
