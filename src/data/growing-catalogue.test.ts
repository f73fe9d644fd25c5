import { describe, expect, test } from "vitest";
import type { Catalogue, ModalityColumn } from "./columns.js";
import { GrowingCatalogue } from "./growing-catalogue.js";
import { joinItems } from "./join-items.js";
import type { NewItems } from "./new-items.js";

const NORMALISER = { log: false, mean: 0, std: 1 };

/** Columns of items k, whose values tell which item they are. */
function columnsOf(items: readonly number[]): ModalityColumn[] {
  const lists = items.map((k) => Array.from({ length: k % 3 }, (_, i) => 10 * k + i));
  const rows = items.map((k, at) => (k % 4 === 1 ? -1 : items.slice(0, at).filter((other) => other % 4 !== 1).length));
  const having = items.filter((k) => k % 4 !== 1);
  return [
    {
      name: "tags",
      kind: "category",
      multiple: true,
      vocabulary: [],
      offsets: Int32Array.from([0, ...lists.map((_, i) => lists.slice(0, i + 1).flat().length)]),
      codes: Int32Array.from(lists.flat()),
    },
    { name: "price", kind: "number", normaliser: NORMALISER, values: Float32Array.from(items, (k) => k / 2) },
    {
      name: "look",
      kind: "vector",
      dimension: 2,
      row: Int32Array.from(rows),
      values: Float32Array.from(having.flatMap((k) => [k, -k])),
    },
  ];
}

function catalogueOf(count: number): Catalogue {
  const items = Array.from({ length: count }, (_, k) => k);
  return {
    directory: "",
    items: { count, trained: count - 1 },
    users: { count: 1, trained: 0, embed: false },
    modalities: columnsOf(items),
    itemSource: null,
    userFeatures: { schema: [], columns: [] },
    eventFeatures: [],
    context: [],
    statistics: { user: [], item: [], prior: 5 },
    itemCounters: {
      count: Uint32Array.from(items),
      positives: Uint32Array.from(items),
      means: { stars: { count: Uint32Array.from(items), sum: Float64Array.from(items) } },
    },
    history: { length: 5, clock: "time" },
    label: "explicit",
    negativesKept: 1,
    lastTime: 0,
  };
}

const PARTS = { itemIds: [], userIds: [], itemTexts: { titles: [], pictures: [] }, projections: new Map() };
const newItems = (items: readonly number[]): NewItems => ({
  ids: items.map(String),
  modalities: columnsOf(items),
  texts: { titles: items.map(String), pictures: items.map(String) },
  encodings: {},
  ignored: [],
  dropped: {},
});

/** What a reader sees of every item, wherever its numbers lie. */
function seen({ modalities, items }: Catalogue): unknown[] {
  return Array.from({ length: items.count }, (_, item) =>
    modalities.map((column) => {
      if (column.kind === "number") return column.values[item];
      if (column.kind === "category")
        return [...column.codes.subarray(column.offsets[item]!, column.offsets[item + 1]!)];
      const { row, values, dimension } = column;
      const at = row[item]!;
      return at < 0 ? null : [...values.subarray(at * dimension, (at + 1) * dimension)];
    }),
  );
}

describe("a growing catalogue", () => {
  test("is after each join what joinItems makes: new items, replaced ones, both at once, in any order", () => {
    const growing = new GrowingCatalogue(catalogueOf(5));
    let expected = catalogueOf(5);
    for (const [items, target] of [
      [
        [21, 22],
        [5, 6],
      ],
      [
        [31, 33, 32],
        [8, 2, 7],
      ],
      [[41], [2]],
      [
        [50, 51],
        [0, 9],
      ],
      [[60], [10]],
    ] as const) {
      const added = newItems(items);
      expected = joinItems({ catalogue: expected, parts: PARTS }, { added, target: Int32Array.from(target) }).catalogue;
      const joined = growing.join(added, { target: Int32Array.from(target) });
      expect(seen(joined)).toEqual(seen(expected));
      expect(joined.items).toEqual(expected.items);
      expect(joined.itemCounters.means.stars!.sum).toEqual(expected.itemCounters.means.stars!.sum);
      expect(joined.itemCounters.count).toEqual(expected.itemCounters.count);
    }
    expect(seen(growing.catalogue)).toHaveLength(11);
  });

  test("new items leave what was read before as it is, and 5,000 of them do not copy the columns 5,000 times", () => {
    const growing = new GrowingCatalogue(catalogueOf(5));
    const before = seen(growing.catalogue);
    const first = growing.catalogue;
    const buffers = new Set<unknown>();
    for (let k = 0; k < 5000; k++) {
      const joined = growing.join(newItems([k]), { target: Int32Array.of(5 + k) });
      const [, price] = joined.modalities;
      buffers.add(price?.kind === "number" && price.values.buffer);
    }
    expect(seen(first)).toEqual(before);
    expect(growing.catalogue.items.count).toBe(5005);
    expect(buffers.size).toBeLessThan(20);
    expect([...buffers].every((buffer) => buffer instanceof SharedArrayBuffer)).toBe(true);
  });

  test("vectors that were replaced 5,000 times take no more room than some thousand", () => {
    const growing = new GrowingCatalogue(catalogueOf(5));
    for (let k = 0; k < 5000; k++) growing.join(newItems([k]), { target: Int32Array.of(3) });
    const [, , look] = growing.catalogue.modalities;
    expect(look?.kind === "vector" && look.values.length / 2).toBeLessThan(1100);
    expect(seen(growing.catalogue)[3]).toEqual([[49990, 49991].slice(0, 4999 % 3), 2499.5, [4999, -4999]]);
    expect(seen(growing.catalogue)[2]).toEqual(seen(catalogueOf(5))[2]);
  });
});
