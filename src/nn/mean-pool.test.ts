import { expect, test } from "vitest";
import { floats, largestGap, spread } from "../../test/graph/evaluate.js";
import { rowsOf, runLayer } from "../../test/nn/run-layer.js";
import { input } from "../graph/index.js";
import { meanPool } from "./mean-pool.js";

const [B, Q] = [3, 5];
/** Rows of 3, 0 and 1 real steps, padded to T with `rubbish`. */
function feeds(T: number, rubbish: number) {
  const lengths = [3, 0, 1];
  const known = Array.from({ length: 4 * Q }, (_, i) => spread(2)(i));
  const steps = new Array<number>(B * T * Q).fill(rubbish);
  const mask = new Array<number>(B * T).fill(0);
  let next = 0;
  lengths.forEach((length, b) => {
    for (let t = 0; t < length; t++) {
      mask[b * T + t] = 1;
      for (let q = 0; q < Q; q++) steps[(b * T + t) * Q + q] = known[next++]!;
    }
  });
  return {
    known,
    given: { x: floats([B, T, Q], steps), mask: floats([B, T], mask), historyLength: floats([B, 1], lengths) },
  };
}

const pool = async (T: number, rubbish: number): Promise<number[]> => {
  const { given } = feeds(T, rubbish);
  const { out } = await runLayer((builder) => ({ y: meanPool(builder, input("x", ["B", "T", Q])) }), { feeds: given });
  return out.y!;
};

test("a history is the mean of its real steps: of 3 their sum over 3, of 1 itself, of none exactly 0", async () => {
  const found = await pool(3, 0);
  const lines = rowsOf(feeds(3, 0).known, Q);
  const mean = lines[0]!.map((value, q) => (value + lines[1]![q]! + lines[2]![q]!) / 3);
  expect(largestGap(found, [...mean, ...new Array(Q).fill(0), ...lines[3]!])).toBeLessThan(1e-6);
  expect(found.slice(Q, 2 * Q)).toEqual([0, 0, 0, 0, 0]);
});

test("twice the room, filled with 1000, changes nothing to 1e-6", async () => {
  expect(largestGap(await pool(6, 1000), await pool(3, 0))).toBeLessThan(1e-6);
});
