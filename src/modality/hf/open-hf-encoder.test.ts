import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TOKEN_VECTORS, tinyBert, tinyClip, tinyDino, writeTinyModel } from "../../../test/tiny-models.js";
import { isUnreadable, type Unreadable } from "../encoder.js";
import { openHfEncoder } from "./open-hf-encoder.js";

const where = "dataset.yaml:7:5 (items.modalities.text.encoder)";
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mmdin-hf-"));
  writeTinyModel(join(root, "bert"), tinyBert());
  writeTinyModel(join(root, "dino"), tinyDino());
  writeTinyModel(join(root, "clip"), tinyClip());
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function encodeTexts(id: string, texts: string[]): Promise<(number[] | Unreadable)[]> {
  const encoder = await openHfEncoder({ id, kind: "text", root, where });
  if (encoder.kind !== "text") throw new Error("not an encoder of texts");
  return plain(await encoder.encode(texts));
}

async function encodePictures(id: string, pictures: Uint8Array[]): Promise<(number[] | Unreadable)[]> {
  const encoder = await openHfEncoder({ id, kind: "image", root, where });
  if (encoder.kind !== "image") throw new Error("not an encoder of pictures");
  return plain(await encoder.encode(pictures));
}

function plain(rows: readonly (ArrayLike<number> | Unreadable)[]): (number[] | Unreadable)[] {
  return rows.map((row) => (isUnreadable(row) ? row : Array.from(row)));
}

/** The vector of length 1 in this direction. */
function unit(...vector: number[]): number[] {
  const length = Math.hypot(...vector);
  return vector.map((value) => Math.fround(value / length));
}

function picture(
  color: string,
  { width = 24, height = 16 }: { width?: number; height?: number } = {},
): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: color } })
    .png()
    .toBuffer();
}

test("a text is the mean of its tokens, [CLS] and [SEP] among them and padding not, brought to length 1", async () => {
  expect(await encodeTexts("hf:./bert", ["red", "Blue films, red"])).toEqual([
    // [CLS] red [SEP]
    unit(6, 0, 3, 0),
    // [CLS] blue film ##s [UNK] red [SEP]
    unit(6 + 3, 6 + 3, 3, 8 - 4),
  ]);
});

test("a text has the same bits alone and in a batch, and twice the same text twice the same vector", async () => {
  const texts = ["red", "blue films red film", "red", "film", "blue", "red ".repeat(9)];
  const together = await encodeTexts("hf:./bert", texts);
  for (const [at, text] of texts.entries()) expect(await encodeTexts("hf:./bert", [text])).toEqual([together[at]]);
  expect(together[2]).toEqual(together[0]);
});

test("a model that says so in 1_Pooling/config.json is read off its first token", async () => {
  writeTinyModel(join(root, "cls"), tinyBert(), {
    "1_Pooling/config.json": '{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}',
  });
  expect(await encodeTexts("hf:./cls", ["red film"])).toEqual([unit(0, 0, 1, 0)]);
});

test("a text longer than the model's maximum loses its end, and the closing token stays", async () => {
  writeTinyModel(join(root, "short"), tinyBert({ longest: 4 }));
  // [CLS] red blue [SEP]
  expect(await encodeTexts("hf:./short", ["red blue film film film"])).toEqual([unit(6, 6, 3, 0)]);
});

test("a text without a token is unreadable, and those beside it are not", async () => {
  expect(await encodeTexts("hf:./bert", ["red", "\u200b", "blue"])).toEqual([
    unit(6, 0, 3, 0),
    { unreadable: "no token that the model knows" },
    unit(0, 6, 3, 0),
  ]);
});

test("texts in Japanese and Arabic, half a surrogate pair, one letter and a megabyte each give a vector", async () => {
  const texts = ["映画はとても良い", "فيلم جميل جدا", "a \ud83c", "a", "red films ".repeat(105_000)];
  const rows = await encodeTexts("hf:./bert", texts);
  expect(rows.map((row) => (isUnreadable(row) ? 0 : Math.hypot(...row).toFixed(6)))).toEqual(
    texts.map(() => "1.000000"),
  );
});

test("a picture is read as red, green and blue, and a picture of another shape beside it changes nothing", async () => {
  const pictures = [await picture("#ff0000"), await picture("#0000ff", { width: 9, height: 40 })];
  expect(await encodePictures("hf:./dino", pictures)).toEqual([unit(1, -1, -1), unit(-1, -1, 1)]);
});

test("pictures whose preprocessor keeps their shape are run by shape and come back in order", async () => {
  const keep = '{"do_resize": false, "do_center_crop": false, "do_normalize": false}';
  writeTinyModel(join(root, "keep"), tinyDino(), { "preprocessor_config.json": keep });
  const wide = await picture("#ff0000");
  const tall = await picture("#00ff00", { width: 5, height: 7 });
  expect(await encodePictures("hf:./keep", [wide, tall, wide, await picture("#0000ff")])).toEqual([
    [1, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
    [0, 0, 1],
  ]);
});

test("a picture whose vector has no direction is unreadable", async () => {
  writeTinyModel(join(root, "dark"), tinyDino(), {
    "preprocessor_config.json": '{"do_resize": false, "do_normalize": false}',
  });
  expect(await encodePictures("hf:./dark", [await picture("#000000")])).toEqual([
    { unreadable: "the model gives a vector of zeros" },
  ]);
});

test("a broken picture amid a batch is unreadable, by its reason, and the others are read", async () => {
  const red = await picture("#ff0000");
  const rows = await encodePictures("hf:./dino", [
    red,
    red.subarray(0, 40),
    new Uint8Array(),
    await picture("#ff0000", { width: 400, height: 4 }),
    await picture("#0000ff"),
  ]);
  expect(rows[0]).toEqual(unit(1, -1, -1));
  expect(rows[1]).toHaveProperty("unreadable");
  expect(rows[2]).toEqual({ unreadable: "0 bytes" });
  expect(rows[3]).toEqual({ unreadable: "a strip: one side is more than 32 times the other" });
  expect(rows[4]).toEqual(unit(-1, -1, 1));
});

test("the two towers of one CLIP give texts and pictures in one space", async () => {
  // The longest text has five tokens: <start> red red red <end>, and the end counts.
  const texts = await encodeTexts("hf:./clip", ["red", "blue", "red red red red red red blue"]);
  expect(texts).toEqual([unit(3, 0, 0, 4), unit(0, 3, 0, 4), unit(3, 0, 0, 4)]);
  expect(await encodePictures("hf:./clip", [await picture("#ff0000"), await picture("#ff00ff")])).toEqual([
    unit(1, -1, 0, 0),
    unit(1, 1, 0, 0),
  ]);
});

test("an encoder is known by its id, its kind, the width in config.json and a batch that fits it", async () => {
  const text = await openHfEncoder({ id: "hf:./clip", kind: "text", root, where });
  expect(text).toMatchObject({ id: "hf:./clip", kind: "text", dimension: 4, batchSize: 64 });
  const absolute = `hf:${join(root, "dino")}`;
  const image = await openHfEncoder({ id: absolute, kind: "image", root: "elsewhere", where });
  expect(image).toMatchObject({ id: absolute, kind: "image", dimension: 3, batchSize: 16 });
  expect("fit" in text || "fit" in image).toBe(false);
});

test("the version is that of the files: a weight, the tokenizer, the pooling or the kind changes it, the folder's name not", async () => {
  const version = async (id: string, kind: "text" | "image" = "text"): Promise<string> =>
    (await openHfEncoder({ id, kind, root, where })).version;
  const weights = TOKEN_VECTORS.map((row, token) => row.map((value, d) => (token === 4 && d === 0 ? 6.5 : value)));
  writeTinyModel(join(root, "copy"), tinyBert());
  writeTinyModel(join(root, "weight"), tinyBert({ table: weights }));
  writeTinyModel(join(root, "longer"), tinyBert({ longest: 17 }));
  writeTinyModel(join(root, "pooled"), tinyBert(), { "1_Pooling/config.json": '{"pooling_mode": "mean"}' });
  expect(await version("hf:./bert")).toMatch(/^1-fp32-[0-9a-f]{32}$/);
  expect(await version("hf:./copy")).toBe(await version("hf:./bert"));
  const ids = ["hf:./bert", "hf:./weight", "hf:./longer", "hf:./pooled", "hf:./clip"];
  const versions = await Promise.all([...ids.map((id) => version(id)), version("hf:./clip", "image")]);
  expect(new Set(versions).size).toBe(6);
});

test("two encoders that are open at once do not disturb each other", async () => {
  const options = { kind: "text", root, where } as const;
  const [bert, clip] = await Promise.all([
    openHfEncoder({ id: "hf:./bert", ...options }),
    openHfEncoder({ id: "hf:./clip", ...options }),
  ]);
  if (bert.kind !== "text" || clip.kind !== "text") throw new Error("not encoders of texts");
  const [a, b] = await Promise.all([bert.encode(["red"]), clip.encode(["red"])]);
  expect(plain([...a, ...b])).toEqual([unit(6, 0, 3, 0), unit(3, 0, 0, 4)]);
  await bert.close?.();
  expect(plain(await clip.encode(["blue"]))).toEqual([unit(0, 3, 0, 4)]);
  await clip.close?.();
});
