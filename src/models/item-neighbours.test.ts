import { expect, test } from "vitest";
import { goldenCatalogue } from "../../test/models/golden.js";
import { RandomStream } from "../random.js";
import { itemNeighbours, MOST_ITEMS } from "./item-neighbours.js";
import type { TrainingSlice } from "./model.js";

const ITEMS = 23;
const KEPT = 6;
const SHRINK = 2.5;

function slice(item: number[], user: number[], label: number[], trained = ITEMS): TrainingSlice {
  const catalogue = { ...goldenCatalogue, items: { count: trained + 3, trained } };
  return { catalogue, item: Int32Array.from(item), user: Int32Array.from(user), label: Uint8Array.from(label) };
}

test("similarities of 23 items from 400 rows of 31 people are those of brute force", () => {
  const random = new RandomStream(3, "neighbours");
  const draw = (below: number): number[] => Array.from({ length: 400 }, () => random.below(below));
  const [item, user, label] = [draw(ITEMS + 2), draw(31), draw(10).map((n) => (n < 6 ? 1 : 0))];
  const { neighbours, similarities } = itemNeighbours(slice(item, user, label), { kept: KEPT, shrink: SHRINK });
  const people = (i: number): Set<number> => new Set(user.filter((_, row) => item[row] === i && label[row] === 1));
  for (let i = 1; i <= ITEMS; i++) {
    const of = people(i);
    const all = Array.from({ length: ITEMS }, (_, j) => j + 1)
      .filter((j) => j !== i)
      .map((j) => {
        const other = people(j);
        const both = [...of].filter((person) => other.has(person)).length;
        return { j, both, sim: both / (Math.sqrt(of.size * other.size) + SHRINK) };
      })
      .filter(({ both }) => both > 0)
      .sort((a, b) => b.sim - a.sim || a.j - b.j)
      .slice(0, KEPT);
    expect(all.length).toBe(KEPT);
    expect([...neighbours.subarray(i * KEPT, (i + 1) * KEPT)]).toEqual(all.map(({ j }) => j));
    expect([...similarities.subarray(i * KEPT, (i + 1) * KEPT)]).toEqual(all.map(({ sim }) => Math.fround(sim)));
  }
  expect([...neighbours.subarray(0, KEPT)]).toEqual(new Array(KEPT).fill(-2)); // the unknown item
});

test("two people with items 1 and 2, one of them with 3: sim(1, 2) = 2 / 2, sim(1, 3) = 1 / sqrt(2), no other neighbour", () => {
  const rows = slice([1, 2, 1, 2, 3, 3], [1, 1, 2, 2, 2, 3], [1, 1, 1, 1, 1, 0]);
  const { neighbours, similarities } = itemNeighbours(rows, { kept: 3, shrink: 0 });
  expect([...neighbours.subarray(3, 6)]).toEqual([2, 3, -2]);
  expect([...similarities.subarray(3, 6)]).toEqual([1, Math.fround(1 / Math.sqrt(2)), 0]);
});

test(`of a person's ${MOST_ITEMS + 40} items the last ${MOST_ITEMS} are neighbours of each other`, () => {
  const count = MOST_ITEMS + 40;
  const item = Array.from({ length: count }, (_, i) => i + 1);
  const rows = slice(item, new Array(count).fill(4), new Array(count).fill(1), count);
  const kept = count - 1;
  const { neighbours } = itemNeighbours(rows, { kept, shrink: 0 });
  const of = (i: number): number[] => [...neighbours.subarray(i * kept, (i + 1) * kept)].filter((j) => j > 0);
  expect(of(40)).toEqual([]);
  expect(of(41)).toEqual(item.slice(41));
});
