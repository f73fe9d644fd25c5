import { expect, test } from "vitest";
import { runLayer } from "../../test/nn/run-layer.js";
import { input } from "../graph/index.js";
import { type LogitMap, logitMapFunction } from "../metrics/index.js";
import { RandomStream } from "../random.js";
import { calibrated } from "./calibrated.js";

async function inGraph(logits: Float32Array, map: LogitMap): Promise<number[]> {
  const feeds = { logits: { data: logits, dims: [logits.length, 1] } };
  const { out } = await runLayer(() => ({ out: calibrated(input("logits", ["B", 1]), map) }), { feeds });
  return out.out!;
}

/** 64 knots: some 1e-4 apart, some two logits, rising as unevenly. */
function steepMap(seed: number): LogitMap {
  const random = new RandomStream(seed, "steep map");
  const from = [-9];
  const to = [-7];
  for (let k = 1; k < 64; k++) {
    from.push(Math.fround(from[k - 1]! + 10 ** (-4 + 4.4 * random.uniform())));
    to.push(Math.fround(to[k - 1]! + 10 ** (-4 + 4.4 * random.uniform())));
  }
  return { kind: "isotonic", from, to, outside: 0.7 };
}

const grid = (map: LogitMap): Float32Array => {
  const knots = map.kind === "isotonic" ? map.from.flatMap((x) => [x - 1e-5, x, x + 1e-5]) : [];
  return Float32Array.from([...Array.from({ length: 40_001 }, (_, i) => i / 1000 - 20), ...knots]).sort();
};

test("a map of 64 knots in 32 bits is within 1e-5 of double precision over logits from -20 to 20, and never falls", async () => {
  for (let seed = 0; seed < 10; seed++) {
    const map = steepMap(seed);
    const logits = grid(map);
    const exact = Array.from(logits, logitMapFunction(map));
    const found = await inGraph(logits, map);
    const worst = found.reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i]!)), 0);
    expect(worst, `seed ${seed}`).toBeLessThan(1e-5);
    expect(found.every((value, i) => i === 0 || value >= found[i - 1]!)).toBe(true);
  }
});

test("Platt's line is within 1e-5 of double precision, and no map gives the same logits to the bit", async () => {
  const map: LogitMap = { kind: "platt", slope: 0.731, offset: -0.377 };
  const logits = grid(map);
  const found = await inGraph(logits, map);
  found.forEach((value, i) => {
    if (Math.abs(value - (0.731 * logits[i]! - 0.377)) >= 1e-5) throw new Error(`at ${logits[i]}: ${value}`);
  });
  const raw = input("logits", ["B", 1]);
  expect(calibrated(raw, { kind: "none" })).toBe(raw);
});

test("a map of one knot is a shift, for no row, for one, and for logits of 1e4", async () => {
  const map: LogitMap = { kind: "isotonic", from: [0.5], to: [2], outside: 1 };
  expect(await inGraph(new Float32Array(0), map)).toEqual([]);
  expect(await inGraph(Float32Array.of(0.5), map)).toEqual([2]);
  expect(await inGraph(Float32Array.of(-1e4, 0, 1, 1e4), map)).toEqual([-9998.5, 1.5, 2.5, 10001.5]);
});
