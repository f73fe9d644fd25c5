import sharp, { type Sharp } from "sharp";
import { expect, test } from "vitest";
import { MmdinError } from "../../errors.js";
import { RandomStream } from "../../random.js";
import { type Features, isUnreadable, type Projection } from "../encoder.js";
import { FEATURE_BLOCKS, featuresOfRgb, PIXEL_FEATURES } from "./pixel-features.js";
import { pixelsEncoder } from "./pixels.js";

const encoder = pixelsEncoder();
const fitted = encoder.fit!;
const restore = encoder.restore!;

/** Bands of two colours across an angle, on a ground that gets darker downwards: 96 x 144 pixels of numbers. */
function drawing(seed: number): Sharp {
  const random = new RandomStream(seed, "drawing");
  const [first, second] = [0, 1].map(() => [0, 1, 2].map(() => 255 * random.uniform()));
  const [angle, period] = [Math.PI * random.uniform(), 4 + 20 * random.uniform()];
  const data = new Uint8Array(96 * 144 * 3);
  for (let i = 0; i < 96 * 144; i++) {
    const [x, y] = [i % 96, Math.floor(i / 96)];
    const band = 0.5 + 0.5 * Math.sin((x * Math.cos(angle) + y * Math.sin(angle)) / period);
    for (let c = 0; c < 3; c++) data[i * 3 + c] = (band * first![c]! + (1 - band) * second![c]!) * (1 - y / 300);
  }
  return sharp(data, { raw: { width: 96, height: 144, channels: 3 } });
}

async function featuresOf(...pictures: Sharp[]): Promise<Float32Array[]> {
  const found = await encoder.encode(await Promise.all(pictures.map((picture) => picture.png().toBuffer())));
  return found.map((features) => {
    if (isUnreadable(features) || !(features instanceof Float32Array)) throw new Error("no features");
    return features;
  });
}

const drawings = (count: number) => featuresOf(...Array.from({ length: count }, (_, i) => drawing(i)));

function vector(projection: Projection, features: Features): Float32Array {
  const found = projection.project(features);
  if (isUnreadable(found)) throw new Error(found.unreadable);
  return found;
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function meanSquare(vectors: readonly Float32Array[]): number {
  return vectors.reduce((sum, values) => sum + values.reduce((square, x) => square + x * x, 0), 0) / vectors.length;
}

test("a picture that cannot be read is named in its place, and the others are encoded", async () => {
  const png = await drawing(1).png().toBuffer();
  const found = await encoder.encode([png, png.subarray(0, 100), new Uint8Array(0), png]);
  expect(found.map((x) => (isUnreadable(x) ? x.unreadable : x.length))).toEqual([
    421,
    "truncated or damaged",
    "0 bytes",
    421,
  ]);
  expect(found[3]).toEqual(found[0]);
});

test("a picture is nearer to its brighter, larger and slightly turned copies than to any of twenty others", async () => {
  const projection = fitted(await drawings(20));
  const [original, ...copies] = (
    await featuresOf(
      drawing(3),
      drawing(3).modulate({ brightness: 1.1 }),
      drawing(3).resize(300, 450),
      drawing(3).rotate(3, { background: "#808080" }),
    )
  ).map((features) => vector(projection, features));
  const others = (await drawings(20)).filter((_, i) => i !== 3).map((features) => vector(projection, features));
  const nearest = Math.max(...others.map((other) => cosine(original!, other)));
  for (const copy of copies) expect(cosine(original!, copy)).toBeGreaterThan(nearest + 0.1);
});

test("vectors have a mean of 0 and a mean squared length of 1 over the pictures of the training slice", async () => {
  const features = await drawings(100);
  const projection = fitted(features);
  const vectors = features.map((row) => vector(projection, row));
  expect(projection.dimension).toBe(64);
  expect(meanSquare(vectors)).toBeCloseTo(1, 5);
  for (let k = 0; k < 64; k++) expect(vectors.reduce((sum, row) => sum + row[k]!, 0) / 100).toBeCloseTo(0, 5);
});

test.each(FEATURE_BLOCKS)("features $start to $end in other units give the same vectors", async ({ start, end }) => {
  const features = await drawings(30);
  const other = features.map((row) => row.map((value, j) => (j >= start && j < end ? value * 64 : value)));
  const [first, second] = [fitted(features), fitted(other)];
  features.forEach((row, i) => {
    const [a, b] = [vector(first, row), vector(second, other[i]!)];
    for (let k = 0; k < a.length; k++) expect(b[k]).toBeCloseTo(a[k]!, 5);
  });
});

test("what was fitted once gives the same bytes when it is restored, and fitting again gives the same state", async () => {
  const features = await drawings(12);
  const [first, again] = [fitted(features), fitted(features)];
  const restored = restore(
    new Map([...first.state].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }])),
  );
  expect(again.state).toEqual(first.state);
  expect(restored.state).toEqual(first.state);
  expect(restored.dimension).toBe(first.dimension);
  for (const row of features) expect(restored.project(row)).toEqual(first.project(row));
});

test("five pictures have four directions, and the same picture twice takes none of its own", async () => {
  const features = await drawings(5);
  expect(fitted(features).dimension).toBe(4);
  expect(fitted([...features, features[0]!]).dimension).toBe(4);
});

test("one training picture is a vector of length 1, and another is as long as it is like it", async () => {
  const [one, near, far] = await featuresOf(drawing(1), drawing(1).modulate({ brightness: 1.05 }), drawing(2));
  for (const training of [[one!], [one!, one!, one!]]) {
    const projection = fitted(training);
    expect(projection.dimension).toBe(1);
    expect(vector(projection, one!)[0]).toBeCloseTo(1, 5);
    expect(vector(projection, near!)[0]).toBeGreaterThan(0.9);
    expect(vector(projection, far!)[0]).toBeLessThan(vector(projection, near!)[0]!);
  }
});

test("pictures of one colour each, whose gradients do not vary, give finite vectors", async () => {
  const plain = (colour: string) => sharp({ create: { width: 8, height: 8, channels: 3, background: colour } });
  const features = await featuresOf(plain("#f00"), plain("#0f0"), plain("#123456"));
  const projection = fitted(features);
  expect(projection.dimension).toBe(2);
  const vectors = [...features, ...(await drawings(2))].map((row) => vector(projection, row));
  expect(vectors.flatMap((row) => [...row]).every(Number.isFinite)).toBe(true);
  expect(meanSquare(vectors.slice(0, 3))).toBeCloseTo(1, 5);
});

test("of many pictures ten thousand are fitted on, and the mean squared length is about 1 over all", () => {
  const random = new RandomStream(3, "thumbnails");
  const rgb = new Uint8Array(64 * 64 * 3);
  const base = Array.from({ length: 6 }, () => {
    for (let i = 0; i < rgb.length; i++) rgb[i] = random.below(256) & (i % 3 === 0 ? 0xff : 0x3f);
    return featuresOfRgb(rgb);
  });
  const features = Array.from({ length: 10_007 }, () => base[random.below(6)]!);
  const projection = fitted(features);
  expect(projection.dimension).toBe(5);
  expect(meanSquare(features.map((row) => vector(projection, row)))).toBeCloseTo(1, 2);
});

test("features and states of something else are refused", () => {
  const projection = fitted([new Float32Array(PIXEL_FEATURES).fill(1)]);
  expect(() => projection.project(new Float32Array(5))).toThrow(
    new MmdinError("FORMAT", "not the features of pixels", { expected: "421 numbers", got: "5 of them" }),
  );
  expect(() => projection.project(new Int32Array(421))).toThrow("got whole numbers");
  const mean = { shape: [421], data: new Float32Array(421) };
  const short = { shape: [1, 420], data: new Float32Array(420) };
  for (const state of [new Map(), new Map([["mean", mean]]), new Map([...Object.entries({ mean, weights: short })])]) {
    expect(() => restore(state)).toThrow(
      "not what pixels once fitted: expected tensors mean [421] and weights [D, 421]",
    );
  }
});
