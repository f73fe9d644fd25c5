import type { BatchSourceColumns } from "../../src/data/batch.js";
import { type Catalogue, FIRST_VALUE_CODE, type ModalityColumn } from "../../src/data/columns.js";
import { RandomStream } from "../../src/random.js";

/** The shape of a log, which is all that the speed of a step depends on: what the ids, labels and vectors are does not matter. */
export interface LogShape {
  /** Items of the catalogue. */
  items: number;
  /** Which items people touch: Zipf(1), item of rank r with probability in proportion to 1 / r, or all alike. */
  popularity: "zipf" | "uniform";
  /** Rows, one of each person. */
  rows: number;
  /** Longest history. */
  length: number;
  /** True lengths: all full, or geometric of this mean, cut at `length`. */
  lengths: "full" | { mean: number };
  /** Category values, and widths of the frozen vectors: the modalities beside the id. */
  categories?: number;
  vectors?: readonly number[];
}

/** A log of the given shape, in memory, as `prepare` would leave it. */
export function simulateLog(shape: LogShape, { seed = 1 }: { seed?: number } = {}): BatchSourceColumns {
  const { items, rows, length } = shape;
  const lengths = historyLengths(shape, seed);
  const userStart = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) userStart[row + 1] = userStart[row]! + lengths[row]! + 1;
  const count = userStart[rows]!;
  const item = drawItems(shape, { count, seed });
  const event = Int32Array.from({ length: rows }, (_, row) => userStart[row + 1]! - 1);
  const random = new RandomStream(seed, "labels");
  const label = Uint8Array.from({ length: rows }, () => random.below(2));
  return {
    catalogue: catalogueOf(shape, seed),
    events: {
      count,
      userStart,
      item,
      time: Float64Array.from({ length: count }, (_, i) => i),
      label: new Uint8Array(count).fill(1),
      features: [],
      context: [],
      history: null,
      historyStart: userStart,
      historyEnd: Int32Array.from({ length: count }, (_, i) => i),
      userStatistics: new Float32Array(0),
    },
    rows: { count: rows, event, item: event.map((at) => item[at]!), label, itemStatistics: new Float32Array(0) },
  };

  function historyLengths({ lengths: kind }: LogShape, of: number): Int32Array {
    if (kind === "full") return new Int32Array(rows).fill(length);
    const draw = new RandomStream(of, "lengths");
    const keep = Math.log(kind.mean / (kind.mean + 1)); // geometric from 0: P(n) = (1 - p) p^n, mean p / (1 - p)
    return Int32Array.from({ length: rows }, () =>
      Math.min(length, Math.floor(Math.log(1 - draw.uniform()) / keep)),
    ).map((n) => Math.min(n, items));
  }
}

/** Catalogue index of each event, from 1. Zipf by the inverse of the cumulated 1 / r. */
function drawItems({ items, popularity }: LogShape, { count, seed }: { count: number; seed: number }): Int32Array {
  const random = new RandomStream(seed, "items");
  if (popularity === "uniform") return Int32Array.from({ length: count }, () => 1 + random.below(items));
  const cumulated = new Float64Array(items + 1);
  for (let rank = 1; rank <= items; rank++) cumulated[rank] = cumulated[rank - 1]! + 1 / rank;
  const order = Int32Array.from({ length: items }, (_, i) => i + 1);
  new RandomStream(seed, "ranks").shuffle(order); // popular items do not lie side by side
  return Int32Array.from({ length: count }, () => {
    const wanted = random.uniform() * cumulated[items]!;
    let low = 0;
    let high = items;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (cumulated[middle]! <= wanted) low = middle;
      else high = middle;
    }
    return order[low]!;
  });
}

function catalogueOf({ items, rows, length, categories = 0, vectors = [] }: LogShape, seed: number): Catalogue {
  const modalities: ModalityColumn[] = [];
  if (categories > 0) {
    const random = new RandomStream(seed, "categories");
    const codes = Int32Array.from({ length: items }, () => FIRST_VALUE_CODE + random.below(categories));
    modalities.push({
      name: "category",
      kind: "category",
      multiple: false,
      vocabulary: Array.from({ length: categories }, (_, i) => `c${i}`),
      offsets: Int32Array.from({ length: items + 2 }, (_, i) => Math.max(0, i - 1)),
      codes,
    });
  }
  vectors.forEach((dimension, v) => {
    const random = new RandomStream(seed, "vector", v);
    const values = new Float32Array(items * dimension);
    // Uniform of variance 1 / dimension: a unit vector's size without a root a value.
    const scale = 2 * Math.sqrt(3 / dimension);
    for (let i = 0; i < values.length; i++) values[i] = (random.uniform() - 0.5) * scale;
    const row = Int32Array.from({ length: items + 1 }, (_, i) => i - 1);
    modalities.push({ name: `vector${v + 1}`, kind: "vector", dimension, row, values });
  });
  const nothing = new Uint32Array(0);
  return {
    directory: "",
    items: { count: items + 1, trained: items },
    users: { count: rows, trained: rows, embed: false },
    modalities,
    itemSource: null,
    userFeatures: { schema: [], columns: [] },
    eventFeatures: [],
    context: [],
    statistics: { user: [], item: [], prior: 1 },
    itemCounters: { count: nothing, positives: nothing, means: {} },
    history: { length, clock: "time" },
    label: "implicit",
    negativesKept: 1,
    lastTime: 0,
  };
}
