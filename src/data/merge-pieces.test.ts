import { expect, test } from "vitest";
import { RandomStream } from "../random.js";
import { mergePieces } from "./merge-pieces.js";

const random = new RandomStream(1);

/** Times of `count` events, ascending, some of them the same. */
function ascending(count: number): number[] {
  return Array.from({ length: count }, () => random.below(count)).sort((a, b) => a - b);
}

/** The times dealt out in blocks to so many threads; each keeps its own in order. */
function byThreads(times: number[], { threads, block }: { threads: number; block: number }): number[] {
  const own: number[][] = Array.from({ length: threads }, () => []);
  for (let start = 0; start < times.length; start += block) {
    own[random.below(threads)]!.push(...times.slice(start, start + block));
  }
  return own.flat();
}

/** As they are, but every so many events one comes a few places late. */
function late(times: number[], every: number): number[] {
  const moved = [...times];
  for (let e = every; e + 9 < moved.length; e += every) moved.splice(e + 9, 0, ...moved.splice(e, 1));
  return moved;
}

test.each([
  ["in order", ascending(2000)],
  ["in order, with late events", late(ascending(2000), 250)],
  ["dealt out to two threads", byThreads(ascending(2000), { threads: 2, block: 100 })],
  ["dealt out to five threads, with late events", late(byThreads(ascending(2000), { threads: 5, block: 70 }), 300)],
  ["in two halves, the later first", [...ascending(500).map((time) => time + 500), ...ascending(500)]],
  ["of one moment", new Array<number>(100).fill(7)],
  ["of one event", [3]],
  ["of no event", []],
])("a log %s is put in order of time", (_, times) => {
  const order = mergePieces(Float64Array.from(times))!;
  expect(Array.from(order, (event) => times[event])).toEqual([...times].sort((a, b) => a - b));
  expect([...order].sort((a, b) => a - b)).toEqual(times.map((_, event) => event));
});

test("a log in no order is not", () => {
  expect(mergePieces(Float64Array.from({ length: 200 }, () => random.uniform()))).toBeNull();
});
