import { expect, test } from "vitest";
import { BatchLayouter } from "./batch-layout.js";
import type { EventColumns, RowColumns } from "./columns.js";

/** Two people: 5 events and 3. */
const EVENT_ITEMS = [7, 3, 7, 9, 1, 4, 3, 8];
const events: EventColumns = {
  count: 8,
  userStart: Int32Array.of(0, 5, 8),
  item: Int32Array.from(EVENT_ITEMS),
  time: Float64Array.from(EVENT_ITEMS, (_, i) => i),
  label: new Uint8Array(8).fill(1),
  features: [],
  context: [],
  history: null,
  historyStart: Int32Array.of(0, 5, 8),
  historyEnd: Int32Array.from(EVENT_ITEMS, (_, i) => i),
  userStatistics: new Float32Array(0),
};
const rows: RowColumns = {
  count: 3,
  event: Int32Array.of(4, 7, 5),
  item: Int32Array.of(1, 8, 4),
  label: Uint8Array.of(1, 0, 1),
  itemStatistics: new Float32Array(0),
};

test("the distinct items of a batch stand in the order of the catalogue, and every place points at its item", () => {
  const layouter = new BatchLayouter({ events, rows, items: 10 }, { length: 4 });
  for (let turn = 0; turn < 2; turn++) {
    const { B, T, U, distinct, items, candidate, history, steps, lengths } = layouter.layout(Int32Array.of(0, 1, 2));
    expect({ B, T, U, distinct }).toEqual({ B: 3, T: 4, U: 8, distinct: 6 });
    expect([...items]).toEqual([1, 3, 4, 7, 8, 9, -1, -1]);
    expect([...candidate].map((place) => items[place])).toEqual([1, 8, 4]);
    expect([...lengths]).toEqual([4, 2, 0]);
    expect([...steps]).toEqual([0, 1, 2, 3, 5, 6, -1, -1, -1, -1, -1, -1]);
    expect([...history].map((place, i) => (steps[i]! < 0 ? place : items[place]))).toEqual([
      7, 3, 7, 9, 4, 3, 0, 0, 0, 0, 0, 0,
    ]);
  }
});
