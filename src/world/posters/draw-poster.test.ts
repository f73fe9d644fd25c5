import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { RandomStream } from "../../random.js";
import { makeItems } from "../items.js";
import { RECIPE } from "../recipe.js";
import { drawPoster } from "./draw-poster.js";
import { toSrgb } from "./oklab.js";
import { drawItem, writePosters } from "./write-posters.js";

const options = { seed: 1, recipe: RECIPE };
const items = makeItems(200, options);

test("a file decodes to the 96 x 144 pixels that were drawn", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-posters-"));
  try {
    const few = makeItems(30, options);
    const paths = await writePosters(folder, { items: few, ...options });
    expect(paths.filter((path) => path === null).length).toBeLessThan(6);
    const item = paths.findIndex((path) => path !== null);
    const { data, info } = await sharp(readFileSync(join(folder, paths[item]!)))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([96, 144, 3]);
    expect(Buffer.compare(data, drawItem(item, { items: few, ...options }))).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("an item's poster is the same in a smaller world, and another from another seed", () => {
  const fewer = makeItems(20, options);
  expect(drawItem(7, { items: fewer, ...options })).toEqual(drawItem(7, { items, ...options }));
  expect(drawItem(7, { items, ...options, seed: 2 })).not.toEqual(drawItem(7, { items, ...options }));
});

test("a small step of any dimension of the style changes a picture little, a large one more", () => {
  const style = Float64Array.of(0.4, -0.3, 0.1, 0.5, -0.2, 0.3);
  const base = drawPoster(style, new RandomStream(4));
  for (let d = 0; d < 6; d++) {
    const moved = (step: number): number =>
      distance(base, drawPoster(style.with(d, style[d]! + step), new RandomStream(4)));
    expect(moved(0.01), `dimension ${d}`).toBeGreaterThan(0);
    expect(moved(0.01), `dimension ${d}`).toBeLessThan(1.5);
    expect(moved(0.5), `dimension ${d}`).toBeGreaterThan(3 * moved(0.02));
  }
});

test("whatever the composition, pictures of near styles are nearer than those of far ones, by a quarter and more", () => {
  const pictures = items.ids.slice(0, 120).map((_, i) => drawItem(i, { items, ...options }));
  const near: number[] = [];
  const far: number[] = [];
  for (let a = 0; a < 120; a++) {
    for (let b = 0; b < a; b++) {
      let cosine = 0;
      for (let d = 0; d < 6; d++) cosine += items.style[a * 6 + d]! * items.style[b * 6 + d]!;
      if (cosine > 0.7) near.push(distance(pictures[a]!, pictures[b]!));
      else if (cosine < -0.5) far.push(distance(pictures[a]!, pictures[b]!));
    }
  }
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  expect(Math.min(near.length, far.length)).toBeGreaterThan(50);
  expect(mean(near)).toBeLessThan(0.75 * mean(far));
});

test("the styles at the ends of every dimension can be drawn", () => {
  for (let d = 0; d < 6; d++) {
    for (const end of [-1, 1]) {
      const picture = drawPoster(new Float64Array(6).with(d, end), new RandomStream(d));
      expect(picture).toHaveLength(96 * 144 * 3);
      expect(new Set(picture).size).toBeGreaterThan(50);
    }
  }
});

test("OKLab (1, 0, 0) is white, (0, 0, 0) black, and (.628, .225, .126) sRGB's red", () => {
  const white = [255, 255, 255];
  expect([...toSrgb(Float32Array.of(1, 0, 0, 0, 0, 0))]).toEqual([...white, 0, 0, 0]);
  const [red, green, blue] = toSrgb(Float32Array.of(0.62796, 0.22486, 0.12585));
  expect(red).toBeGreaterThan(253);
  expect(Math.max(green!, blue!)).toBeLessThan(4);
});

/** Mean difference of bytes. */
function distance(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!);
  return sum / a.length;
}
