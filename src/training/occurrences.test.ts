import { expect, test } from "vitest";
import type { BatchSourceColumns } from "../data/batch.js";
import { Builder } from "../nn/builder.js";
import { tableOccurrences } from "./occurrences.js";

/** One person, three events (items 1, 2, 1) and two training rows: event 1 of item 2, event 2 of item 3 (not trained). */
function columns(): BatchSourceColumns {
  const count = 3;
  return {
    catalogue: {
      directory: "",
      items: { count: 4, trained: 2 },
      users: { count: 2, trained: 1, embed: true },
      modalities: [
        {
          name: "tags",
          kind: "category",
          multiple: true,
          vocabulary: ["a", "b"],
          offsets: Int32Array.of(0, 0, 2, 3, 3),
          codes: Int32Array.of(2, 3, 3),
        },
      ],
      itemSource: null,
      userFeatures: { schema: [], columns: [] },
      eventFeatures: [{ name: "action", kind: "category", vocabulary: ["view"] }],
      context: [],
      statistics: { user: [], item: [], prior: 0 },
      itemCounters: { count: new Uint32Array(4), positives: new Uint32Array(4), means: {} },
      history: { length: 50, clock: "time" },
      label: "explicit",
      negativesKept: 1,
      lastTime: 3,
    },
    events: {
      count,
      userStart: Int32Array.of(0, 0, count),
      item: Int32Array.of(1, 2, 1),
      time: Float64Array.of(1, 2, 3),
      label: new Uint8Array(count),
      features: [{ kind: "category", codes: Uint8Array.of(2, 0, 2) }],
      context: [],
      history: null,
      historyStart: Int32Array.of(0, 0, count),
      historyEnd: Int32Array.of(0, 1, 2),
      userStatistics: new Float32Array(0),
    },
    rows: {
      count: 2,
      event: Int32Array.of(1, 2),
      item: Int32Array.of(2, 3),
      label: new Uint8Array(2),
      itemStatistics: new Float32Array(0),
    },
  };
}

test("a training row counts once for every table row that it holds, as candidate or in its history", () => {
  const builder = new Builder({ training: true });
  const initial = { kind: "constant", value: 0 } as const;
  const table = { dimension: 1, initial };
  builder.table({ rowsOf: "items" }, { ...table, name: "id", rows: 3, letter: "U" });
  builder.table({ rowsOf: "bag", modality: "tags" }, { ...table, name: "tags", rows: 4, letter: "C" });
  builder.table({ rowsOf: "step", feature: "action" }, { ...table, name: "action", rows: 3, letter: "S" });
  builder.table({ rowsOf: "user" }, { ...table, name: "user", rows: 2, letter: "B" });
  const counts = tableOccurrences(columns(), builder);
  expect([...counts.get("id")!]).toEqual([1, 2, 2]); // row 2 asks for the unknown item; items 1 and 2 are in both rows
  expect([...counts.get("tags")!]).toEqual([0, 0, 2, 2]);
  expect([...counts.get("action")!]).toEqual([1, 0, 2]);
  expect([...counts.get("user")!]).toEqual([0, 2]);
});
