import { userOf } from "../data/batch-layout.js";
import { type Dataset, loadIds } from "../data/index.js";
import { usersOf } from "../data/users-of.js";
import { findTruthRows, type Truth } from "../world/index.js";

/** The truth behind the test rows of a world's dataset, in their order. */
export interface TestTruth {
  /** What the click was drawn from. */
  probability: Float64Array;
  /** Score of the informed yardstick. */
  informed: Float64Array;
  label: Uint8Array;
  user: Int32Array;
  /** 1 where the item has no event in the training slice. */
  cold: Uint8Array;
}

/** Joins the test rows of a dataset with the world that it was prepared from. */
export function testTruth(dataset: Dataset, truth: Truth): TestTruth {
  const { catalogue, events, rows } = dataset;
  const { event, item, label } = rows.test;
  const at = truthOfEvents(dataset, truth, event);
  return {
    probability: Float64Array.from(at, (row) => truth.events.probability[row]!),
    informed: Float64Array.from(at, (row) => truth.events.informed[row]!),
    label,
    user: usersOf(events, event),
    cold: Uint8Array.from(item, (index) => (index > catalogue.items.trained ? 1 : 0)),
  };
}

/** Rows of `truth.events` for events of the dataset. */
export function truthOfEvents({ catalogue, events }: Dataset, truth: Truth, wanted: Iterable<number>): Int32Array {
  const users = loadIds(catalogue, "users");
  const items = loadIds(catalogue, "items");
  const keys = Array.from(wanted, (event) => ({
    user: users[userOf(events, event)]!,
    item: items[events.item[event]!]!,
    time: events.time[event]!,
  }));
  return findTruthRows(truth, keys);
}
