import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyBert, tinyClip, writeTinyModel } from "../../../test/tiny-models.js";
import { Tokens } from "./token-batches.js";

const where = "here";
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mmdin-tokens-"));
  writeTinyModel(join(root, "bert"), tinyBert());
  writeTinyModel(join(root, "clip"), tinyClip());
  writeTinyModel(join(root, "endless"), tinyBert({ longest: 1e30 }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("texts of similar length share a batch, filled up on the right, and each keeps its place", async () => {
  const tokens = await Tokens.open(join(root, "bert"), { positions: undefined, where });
  const [batch, ...more] = tokens.batches(["red films", "blue", "", "film"]);
  expect(more).toEqual([]);
  expect(batch).toEqual({
    places: [1, 3, 0],
    rows: 3,
    length: 5,
    ids: BigInt64Array.of(2n, 5n, 3n, 0n, 0n, 2n, 6n, 3n, 0n, 0n, 2n, 4n, 6n, 7n, 3n),
    mask: BigInt64Array.of(1n, 1n, 1n, 0n, 0n, 1n, 1n, 1n, 0n, 0n, 1n, 1n, 1n, 1n, 1n),
  });
});

test("a run holds at most 1024 tokens, padding included, and at least one text", async () => {
  const tokens = await Tokens.open(join(root, "endless"), { positions: 2000, where });
  const texts = [...new Array<string>(400).fill("red"), "blue ".repeat(1500), "blue ".repeat(510), "blue ".repeat(511)];
  const batches = tokens.batches(texts);
  expect(batches.map(({ rows, length }) => [rows, length])).toEqual([
    [341, 3],
    [59, 3],
    [1, 512],
    [1, 513],
    [1, 1502],
  ]);
  expect(batches.flatMap(({ places }) => places).sort((a, b) => a - b)).toEqual(texts.map((_, place) => place));
});

test.each([
  ["bert", undefined, 16],
  ["bert", 6, 6],
  ["clip", 5, 5],
  ["clip", undefined, 77],
  ["endless", undefined, 512],
  ["endless", 700, 700],
])(
  "the longest text of %s with %s positions has %i tokens and ends as every text does",
  async (name, positions, longest) => {
    const tokens = await Tokens.open(join(root, name), { positions, where });
    const [batch] = tokens.batches(["red ".repeat(2000)]);
    expect(batch?.length).toBe(longest);
    expect(batch?.ids.at(-1)).toBe(name === "clip" ? 1n : 3n);
  },
);

test("what lies far beyond the longest text is not looked at", async () => {
  const tokens = await Tokens.open(join(root, "bert"), { positions: 4, where });
  // Room for two tokens, 64 characters each.
  expect(tokens.batches([`red${" ".repeat(120)}blue`])[0]?.ids).toEqual(BigInt64Array.of(2n, 4n, 5n, 3n));
  expect(tokens.batches([`red${" ".repeat(125)}blue`])[0]?.ids).toEqual(BigInt64Array.of(2n, 4n, 3n));
});
