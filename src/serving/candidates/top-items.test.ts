import { expect, test } from "vitest";
import { RandomStream } from "../../random.js";
import { topItems } from "./top-items.js";

test("the best of 400 random lists with many ties are those of a full sort, whatever is allowed", () => {
  const random = new RandomStream(1, "top");
  for (let round = 0; round < 400; round++) {
    const items = 1 + random.below(120);
    const levels = 1 + random.below(30);
    const scores = Float32Array.from({ length: items }, () => random.below(levels) - 3);
    const allowed = Uint8Array.from({ length: items }, () => (random.uniform() < 0.7 ? 1 : 0));
    const count = random.below(items + 20);
    const above = round % 2 === 0 ? Number.NEGATIVE_INFINITY : 0;
    const sorted = [...scores.keys()]
      .filter((item) => item > 0 && scores[item]! > above && allowed[item] === 1)
      .sort((a, b) => scores[b]! - scores[a]! || a - b)
      .slice(0, count);
    const found = topItems(scores, { count, above, allows: (item) => allowed[item] === 1 });
    expect([...found], `round ${round}`).toEqual(sorted);
  }
});

test("of no items, of the unknown one alone, and of count 0 nothing comes", () => {
  const allows = (): boolean => true;
  expect(topItems(new Float32Array(0), { count: 3, allows })).toHaveLength(0);
  expect(topItems(Float32Array.of(9), { count: 3, allows })).toHaveLength(0);
  expect(topItems(Float32Array.of(9, 1, 2), { count: 0, allows })).toHaveLength(0);
});
