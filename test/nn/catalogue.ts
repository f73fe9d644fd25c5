import type { Catalogue } from "../../src/data/columns.js";

/** A small catalogue with one of everything: what the layers read of it are names, kinds, sizes and vocabularies. */
export const smallCatalogue: Catalogue = {
  directory: "small",
  items: { count: 5, trained: 3 },
  users: { count: 4, trained: 2, embed: true },
  modalities: [
    {
      name: "genres",
      kind: "category",
      multiple: true,
      vocabulary: ["drama", "crime", "war"],
      offsets: Int32Array.of(0, 0, 2, 3, 3, 4),
      codes: Int32Array.of(2, 3, 4, 2),
    },
    {
      name: "year",
      kind: "number",
      normaliser: { log: false, mean: 1990, std: 10 },
      values: Float32Array.of(Number.NaN, 1980, 1990, 2000, Number.NaN),
    },
    {
      name: "plot",
      kind: "vector",
      dimension: 3,
      row: Int32Array.of(-1, 0, 1, -1, 2),
      values: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1),
    },
  ],
  itemSource: null,
  userFeatures: {
    schema: [
      { name: "country", kind: "category", vocabulary: ["fr", "de"] },
      { name: "age", kind: "number", normaliser: { log: false, mean: 40, std: 10 } },
    ],
    columns: [
      { kind: "category", codes: Uint8Array.of(1, 2, 3, 2) },
      { kind: "number", values: Float32Array.of(Number.NaN, 20, 30, 40) },
    ],
  },
  eventFeatures: [
    { name: "rating", kind: "category", vocabulary: ["1", "2", "3", "4", "5"] },
    { name: "seconds", kind: "number", normaliser: { log: true, mean: 3, std: 1 } },
  ],
  context: [
    { name: "hour", kind: "category", vocabulary: ["day", "night"] },
    { name: "load", kind: "number", normaliser: { log: false, mean: 0, std: 1 } },
  ],
  statistics: {
    user: [{ name: "count", kind: "count", priorMean: 0, mean: 1, std: 1 }],
    item: [
      { name: "count", kind: "count", priorMean: 0, mean: 1, std: 1 },
      { name: "rate", kind: "rate", priorMean: 0.5, mean: 0, std: 1 },
    ],
    prior: 5,
  },
  itemCounters: { count: new Uint32Array(5), positives: new Uint32Array(5), means: {} },
  history: { length: 50, clock: "time" },
  label: "explicit",
  negativesKept: 1,
  lastTime: 1_000_000,
};
