import { crc32 } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { expect, test } from "vitest";
import { type DecodeOptions, decodePicture, type Raster } from "./decode-picture.js";

const DAMAGED = "truncated or damaged";
const RED = [255, 0, 0];
const size = { width: 4, height: 4 };

function plain(background: string | object, { width = 32, height = 24, channels = 3 as 3 | 4 } = {}): Sharp {
  return sharp({ create: { width, height, channels, background } });
}

/** Left half red, right half blue. */
function halves(width = 32, height = 24): Sharp {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) data.set(i % width < width / 2 ? RED : [0, 0, 255], i * 3);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function decoded(bytes: Uint8Array, options: DecodeOptions = { size }): Promise<Raster> {
  const found = await decodePicture(bytes, options);
  if ("unreadable" in found) throw new Error(found.unreadable);
  return found;
}

async function reason(bytes: Uint8Array): Promise<string> {
  const found = await decodePicture(bytes, { size });
  return "unreadable" in found ? found.unreadable : "readable";
}

function pixel({ data, width }: Raster, [x, y]: [number, number]): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
}

/** The largest difference between a pixel and a colour. */
function distance(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}

test.each(["jpeg", "png", "webp", "gif", "avif", "tiff"] as const)(
  "%s gives red, green and blue row by row",
  async (format) => {
    const raster = await decoded(await halves().toFormat(format).toBuffer());
    expect([raster.width, raster.height, raster.data.length]).toEqual([4, 4, 48]);
    for (let y = 0; y < 4; y++) {
      expect(distance(pixel(raster, [0, y]), RED)).toBeLessThan(12);
      expect(distance(pixel(raster, [3, y]), [0, 0, 255])).toBeLessThan(12);
    }
  },
);

test("a picture keeps its own size where none is asked for, up to a number of pixels and in its shape", async () => {
  const png = await halves(320, 240).png().toBuffer();
  expect(await decoded(png, {})).toMatchObject({ width: 320, height: 240 });
  expect(await decoded(png, { pixels: 320 * 60 })).toMatchObject({ width: 160, height: 120 });
  const line = await plain("#f00", { width: 20_000, height: 1 }).png().toBuffer();
  expect(await decoded(line, { pixels: 100 })).toMatchObject({ width: 100, height: 1 });
});

test("CMYK, grey, grey of 16 bits and Lab become sRGB", async () => {
  const cmyk = await plain("#ff0000").toColourspace("cmyk").jpeg().toBuffer();
  expect((await sharp(cmyk).metadata()).space).toBe("cmyk");
  const [r, g, b] = pixel(await decoded(cmyk), [1, 1]);
  expect(r).toBeGreaterThan(200);
  expect(g! + b!).toBeLessThan(40);
  for (const space of ["b-w", "grey16"]) {
    const png = await plain("#808080").toColourspace(space).png().toBuffer();
    expect((await sharp(png).metadata()).channels).toBe(1);
    expect(distance(pixel(await decoded(png), [1, 1]), [128, 128, 128])).toBeLessThan(3);
  }
  const lab = await plain("#ff0000").toColourspace("lab").tiff({ compression: "lzw" }).toBuffer();
  expect(distance(pixel(await decoded(lab), [1, 1]), RED)).toBeLessThan(4);
});

test("what is transparent is laid on white", async () => {
  const clear = await plain({ r: 0, g: 0, b: 0, alpha: 0 }, { channels: 4 }).png().toBuffer();
  expect(pixel(await decoded(clear), [1, 1])).toEqual([255, 255, 255]);
  const half = await plain({ r: 255, g: 0, b: 0, alpha: 0.5 }, { channels: 4 }).webp({ lossless: true }).toBuffer();
  expect(distance(pixel(await decoded(half), [1, 1]), [255, 127, 127])).toBeLessThan(3);
});

test("an orientation in EXIF is applied: 6 turns a picture a quarter to the right", async () => {
  const jpeg = await halves().withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const own = await decoded(jpeg, {});
  expect([own.width, own.height]).toEqual([24, 32]);
  const raster = await decoded(jpeg);
  expect(distance(pixel(raster, [0, 0]), RED)).toBeLessThan(12);
  expect(distance(pixel(raster, [3, 0]), RED)).toBeLessThan(12);
  expect(distance(pixel(raster, [0, 3]), [0, 0, 255])).toBeLessThan(12);
});

test.each(["gif", "webp"] as const)("of an animated %s the first frame is taken", async (format) => {
  const frames = await Promise.all(["#ff0000", "#00ff00"].map((colour) => plain(colour).png().toBuffer()));
  const bytes = await sharp(frames, { join: { animated: true } })
    .toFormat(format)
    .toBuffer();
  expect((await sharp(bytes).metadata()).pages).toBe(2);
  const raster = await decoded(bytes, {});
  expect([raster.width, raster.height]).toEqual([32, 24]);
  expect(distance(pixel(raster, [0, 0]), RED)).toBeLessThan(12);
  expect(distance(pixel(raster, [31, 23]), RED)).toBeLessThan(12);
});

test("a picture 20,000 pixels wide is read, and one of 400 million pixels is refused before it is decoded", async () => {
  const wide = await plain("#ff0000", { width: 20_000, height: 50 }).png().toBuffer();
  expect(pixel(await decoded(wide), [2, 2])).toEqual(RED);
  // The same file with another height in its header.
  wide.writeUInt32BE(20_000, 20);
  wide.writeUInt32BE(crc32(wide.subarray(12, 29)), 29);
  expect(await reason(wide)).toBe("more than 100 million pixels");
});

test.each([false, true])(
  "a JPEG cut anywhere is truncated and not half grey (progressive: %s)",
  async (progressive) => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251);
    const jpeg = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg({ progressive })
      .toBuffer();
    for (const share of [0.02, 0.3, 0.6, 0.95]) {
      expect(await reason(jpeg.subarray(0, Math.floor(jpeg.length * share)))).toBe(DAMAGED);
    }
  },
);

test.each(["png", "webp", "gif", "avif", "tiff"] as const)("half a %s is unreadable", async (format) => {
  const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251);
  const bytes = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
    .toFormat(format)
    .toBuffer();
  expect(await reason(bytes.subarray(0, bytes.length >> 1))).toBe(DAMAGED);
});

test("bytes that only begin like a picture are damaged", async () => {
  const jpeg = await plain("#ff0000").jpeg().toBuffer();
  expect(await reason(Buffer.concat([jpeg.subarray(0, 200), Buffer.alloc(500, 7)]))).toBe(DAMAGED);
  expect(await reason(Buffer.from("GIF89a and then nothing of the kind"))).toBe(DAMAGED);
});

test("a picture gets its own reason when others fail beside it", async () => {
  const good = await plain("#ff0000", { width: 300, height: 300 }).png().toBuffer();
  const wide = await plain("#ff0000", { width: 20_000, height: 2 }).png().toBuffer();
  wide.writeUInt32BE(20_000, 20);
  wide.writeUInt32BE(crc32(wide.subarray(12, 29)), 29);
  const batch = Array.from({ length: 20 }, () => [good, good.subarray(0, 150), wide]).flat();
  const reasons = await Promise.all(batch.map(reason));
  expect(new Set(reasons.filter((_, i) => i % 3 === 0))).toEqual(new Set(["readable"]));
  expect(new Set(reasons.filter((_, i) => i % 3 === 1))).toEqual(new Set([DAMAGED]));
  expect(new Set(reasons.filter((_, i) => i % 3 === 2))).toEqual(new Set(["more than 100 million pixels"]));
});

test("SVG, no bytes and other bytes are refused without a decoder", async () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><image href="https://example.com/1.png"/></svg>`;
  expect(await reason(Buffer.from(svg))).toBe("SVG is not read: it can hold scripts and references to other files");
  expect(await reason(new Uint8Array(0))).toBe("0 bytes");
  expect(await reason(Buffer.from("words"))).toBe("none of JPEG, PNG, WebP, GIF, AVIF, TIFF");
});
