import { afterAll, beforeAll, expect, test } from "vitest";
import { RandomStream } from "../../random.js";
import { topItems } from "./top-items.js";
import { VectorSearch } from "./vector-search.js";

const ITEMS = 1003;
const D = 24;
const random = new RandomStream(2, "search");
const draw = (rows: number): Float32Array => Float32Array.from({ length: rows * D }, () => random.normal());
const values = draw(ITEMS);
const every = Int32Array.from({ length: ITEMS }, (_, item) => item);
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, x, d) => sum + x * b[d]!, 0);
const rowOf = (item: number): Float32Array => values.subarray(item * D, (item + 1) * D);

let search: VectorSearch;
beforeAll(async () => {
  search = await VectorSearch.create(D, { threads: 2 });
  search.set(every, values);
});
afterAll(() => search.close());

test("products with 1,003 items are those of a loop, and the best 50 those of a full sort", async () => {
  const query = draw(1);
  const products = await search.products(query);
  const naive = Float64Array.from(every, (item) => dot(rowOf(item), query));
  expect(products).toHaveLength(ITEMS);
  for (const item of every) expect(products[item]).toBeCloseTo(naive[item]!, 4);
  const sorted = [...every.subarray(1)].sort((a, b) => naive[b]! - naive[a]!).slice(0, 50);
  expect([...topItems(products, { count: 50, allows: () => true })]).toEqual(sorted);
});

test("all pairs of some items are their dot products", async () => {
  const chosen = Int32Array.of(7, 1002, 500, 1);
  const pairs = await search.pairs(chosen);
  chosen.forEach((a, i) => {
    chosen.forEach((b, j) => {
      expect(pairs[i * 4 + j]).toBeCloseTo(dot(rowOf(a), rowOf(b)), 4);
    });
  });
});

test("an added row and a replaced one give what an index made of all rows gives, to the bit", async () => {
  const grown = await VectorSearch.create(D, { threads: 1 });
  const whole = await VectorSearch.create(D, { threads: 1 });
  const wide = Float32Array.from([...values, ...draw(1)]);
  wide.set(draw(1), 5 * D);
  grown.set(every, values);
  grown.set(Int32Array.of(ITEMS, 5), Float32Array.from([...wide.subarray(ITEMS * D), ...wide.subarray(5 * D, 6 * D)]));
  whole.set(
    Int32Array.from({ length: ITEMS + 1 }, (_, item) => item),
    wide,
  );
  const query = draw(1);
  expect(grown.count).toBe(ITEMS + 1);
  expect(await grown.products(query)).toEqual(await whole.products(query));
  await Promise.all([grown.close(), whole.close()]);
});
