import { describe, expect, test } from "vitest";
import { goldenCatalogue } from "../../../test/models/golden.js";
import { FIRST_VALUE_CODE, UNKNOWN_CODE } from "../../data/columns.js";
import { RandomStream } from "../../random.js";
import { compileCap, diversify } from "./diversify.js";

const random = new RandomStream(6, "diversity");
const probability = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** The formula of the documentation, evaluated anew for every choice. */
function naive(
  ranked: { item: number; logit: number }[],
  {
    k,
    diversity,
    similarity,
    values,
    most,
  }: { k: number; diversity: number; similarity: Float32Array; values: number[][]; most: number },
): number[] {
  const chosen: number[] = [];
  const best = Math.max(...ranked.map(({ logit }) => probability(logit)));
  while (chosen.length < k) {
    const left = ranked
      .map((_, place) => place)
      .filter((place) => !chosen.includes(place))
      .filter((place) =>
        values[ranked[place]!.item]!.every(
          (value) => chosen.filter((other) => values[ranked[other]!.item]!.includes(value)).length < most,
        ),
      );
    if (left.length === 0) break;
    const worth = left.map((place) => {
      const alike = chosen.map((other) => similarity[place * ranked.length + other]!);
      return (
        (1 - diversity) * (probability(ranked[place]!.logit) / best) -
        diversity * (alike.length > 0 ? Math.max(...alike) : 0)
      );
    });
    chosen.push(left[worth.indexOf(Math.max(...worth))]!);
  }
  return chosen;
}

function question(n: number): {
  ranked: { item: number; logit: number }[];
  similarity: Float32Array;
  values: number[][];
} {
  const vectors = Array.from({ length: n }, () => Array.from({ length: 5 }, () => random.normal()));
  const unit = vectors.map((v) => v.map((x) => x / Math.hypot(...v)));
  const similarity = Float32Array.from({ length: n * n }, (_, p) =>
    unit[Math.floor(p / n)]!.reduce((sum, x, d) => sum + x * unit[p % n]![d]!, 0),
  );
  const ranked = Array.from({ length: n }, (_, item) => ({ item, logit: random.normal() })).sort(
    (a, b) => b.logit - a.logit,
  );
  const values = Array.from({ length: n }, () => [
    ...new Set(Array.from({ length: random.below(3) }, () => random.below(4) + FIRST_VALUE_CODE)),
  ]);
  return { ranked, similarity, values };
}

test("200 random lists with and without caps are those of the formula", () => {
  for (let round = 0; round < 200; round++) {
    const { ranked, similarity, values } = question(2 + random.below(30));
    const [k, diversity] = [1 + random.below(20), [0.1, 0.3, 0.7, 1][round % 4]!];
    const most = round % 3 === 0 ? 100 : 1 + random.below(3);
    const cap = { codesOf: (item: number) => Int32Array.from(values[item]!), most };
    const found = diversify(ranked, { k, diversity, similarity, cap });
    expect(found, `round ${round}`).toEqual(naive(ranked, { k, diversity, similarity, values, most }));
    expect(new Set(found).size).toBe(found.length);
  }
});

test("with diversity 0 the order is that of the list, whatever is similar", () => {
  const { ranked, similarity } = question(40);
  expect(diversify(ranked, { k: 10, diversity: 0, similarity })).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("with diversity 1 the best comes first, then what is least like it", () => {
  const ranked = [3, 1, 2].map((item) => ({ item, logit: 5 - item }));
  const similarity = Float32Array.of(1, 0.9, 0.2, 0.9, 1, 0, 0.2, 0, 1);
  expect(diversify(ranked, { k: 3, diversity: 1, similarity })).toEqual([0, 2, 1]);
});

test("a diversity beyond 1 is refused", () => {
  expect(() => diversify([], { k: 1, diversity: 1.5 })).toThrow("diversity: not a diversity: expected 0 to 1, got 1.5");
});

test("logits of -800 and 800 are told apart", () => {
  const same = new Float32Array(9);
  const ranked = (logits: number[]) => logits.map((logit, item) => ({ item, logit }));
  expect(diversify(ranked([-800, -801, -900]), { k: 2, diversity: 0.5, similarity: same })).toEqual([0, 1]);
  expect(diversify(ranked([800, 0, -800]), { k: 3, diversity: 0.5, similarity: same })).toEqual([0, 1, 2]);
});

describe("a cap", () => {
  const catalogue = {
    modalities: [
      {
        name: "brand",
        kind: "category" as const,
        multiple: true,
        vocabulary: ["acme", "bolt"],
        offsets: Int32Array.of(0, 0, 1, 2, 3, 3, 4, 5),
        codes: Int32Array.of(2, 2, 3, UNKNOWN_CODE, UNKNOWN_CODE),
      },
      ...goldenCatalogue.modalities.filter(({ kind }) => kind !== "category"),
    ],
  };
  const ranked = [1, 2, 3, 4, 5, 6].map((item) => ({ item, logit: -item }));

  test("of 1 a brand skips the second of acme; items without a brand, or of one that training has not seen, are not counted", () => {
    const cap = compileCap({ modality: "brand", most: 1 }, catalogue);
    expect(diversify(ranked, { k: 6, diversity: 0, cap })).toEqual([0, 2, 3, 4, 5]);
  });

  test("is refused on what is no category, and below 1", () => {
    expect(() => compileCap({ modality: "brend", most: 1 }, catalogue)).toThrow(
      "cap.modality: there is no such category: expected one of brand, got brend. Did you mean brand?",
    );
    expect(() => compileCap({ modality: "price", most: 1 }, catalogue)).toThrow("expected one of brand, got price");
    expect(() => compileCap({ modality: "brand", most: 0 }, catalogue)).toThrow(
      "cap.most: not a number of items: expected 1 or more, got 0",
    );
  });
});
