import { expect, test } from "vitest";
import { attentionShares } from "./attention-shares.js";
import { RECIPE } from "./recipe.js";
import { simulate } from "./simulate.js";

test("one row by hand: .7 of the mass lies on the active interest, .467 at equal age", () => {
  // Steps of ages 10, 10, 10, 5000: the first three share a bin. |a| = 5, 1, 2, 2 of 10.
  const shares = attentionShares({
    offsets: Int32Array.of(0, 4),
    rowInterest: [1],
    stepInterest: [1, 0, 0, 1],
    age: [10, 10, 10, 5000],
    attention: [5, -1, 2, -2],
  });
  expect(shares.rows).toBe(1);
  expect(shares.mass).toBeCloseTo(0.7, 12);
  expect(shares.atEqualAge).toBeCloseTo(0.8 / 3 + 0.2, 12);
});

test("attention heads count alike whatever their scale, and one without any weight is spread evenly", () => {
  const shares = attentionShares({
    offsets: Int32Array.of(0, 2),
    rowInterest: [0],
    stepInterest: [0, 1],
    age: [1, 1],
    attention: [300, 0.1, 0, /**/ 100, 0.3, 0],
    heads: 3,
  });
  expect(shares.mass).toBeCloseTo((0.75 + 0.25 + 0.5) / 3, 12);
  expect(shares.atEqualAge).toBeCloseTo(0.5, 12);
});

test("gains of .5 and 0 are .25 on average, with a standard error of .25", () => {
  const shares = attentionShares({
    offsets: Int32Array.of(0, 2, 4),
    rowInterest: [0, 0],
    stepInterest: [0, 1, 0, 1],
    age: [9, 9, 9, 9],
    attention: [1, 0, 1, 1],
  });
  expect([shares.gain, shares.gainError]).toEqual([0.25, 0.25]);
});

test("rows whose history holds one interest, or none, are left out", () => {
  const one = { offsets: Int32Array.of(0, 2, 2), rowInterest: [0, 0], stepInterest: [0, 0], age: [1, 2] };
  expect(attentionShares({ ...one, attention: [1, 1] })).toEqual({
    rows: 0,
    mass: null,
    atEqualAge: null,
    gain: null,
    gainError: null,
  });
});

test("columns of other lengths are refused by name", () => {
  const row = { offsets: Int32Array.of(0, 2), rowInterest: [0], stepInterest: [0, 1], age: [1, 2] };
  expect(() => attentionShares({ ...row, attention: [1, 1], heads: 2 })).toThrow(
    "attentionShares: attention: a column of another length: expected 4, got 2",
  );
});

test("in a world, weights that know the age alone gain less than .001, threefold ones on the active interest gain above .04", () => {
  const { exposures } = simulate({ seed: 1, users: 200, items: 300, events: 20_000 }, RECIPE);
  const rows = { offsets: [0], rowInterest: [] as number[], stepInterest: [] as number[], age: [] as number[] };
  const pasts = new Map<number, number[]>();
  for (let e = 0; e < exposures.count; e++) {
    const past = pasts.get(exposures.user[e]!) ?? [];
    pasts.set(exposures.user[e]!, past);
    if (e >= 18_000) {
      for (const step of past.slice(-50)) {
        rows.stepInterest.push(exposures.activeInterest[step]!);
        rows.age.push(exposures.time[e]! - exposures.time[step]!);
      }
      rows.rowInterest.push(exposures.activeInterest[e]!);
      rows.offsets.push(rows.age.length);
    }
    past.push(e);
  }
  const input = { ...rows, offsets: Int32Array.from(rows.offsets) };
  const gain = (attention: number[]): number => attentionShares({ ...input, attention }).gain!;
  const rowOf = rows.rowInterest.flatMap((interest, r) =>
    Array<number>(input.offsets[r + 1]! - input.offsets[r]!).fill(interest),
  );
  expect(Math.abs(gain(rows.age.map((age) => 1 / (1 + age / 86_400))))).toBeLessThan(0.001);
  expect(gain(rows.stepInterest.map((interest, step) => (interest === rowOf[step] ? 3 : 1)))).toBeGreaterThan(0.04);
});
