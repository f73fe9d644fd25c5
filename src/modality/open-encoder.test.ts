import { expect, test } from "vitest";
import { checkEncoder, encodedBy } from "./encoded-by.js";
import type { TextEncoder } from "./encoder.js";
import { openEncoder } from "./open-encoder.js";

const own = (overrides: Partial<TextEncoder> = {}): TextEncoder => ({
  id: "own",
  version: "1",
  kind: "text",
  dimension: 2,
  encode: async (texts) => texts.map(() => new Float32Array(2)),
  ...overrides,
});
const options = { kind: "text" as const, root: ".", where: "dataset.yaml:7:3" };

test("the two that are always there are found by their kind, and one of the caller's by its id", async () => {
  expect((await openEncoder("lsa", options)).dimension).toBe(128);
  expect((await openEncoder("pixels", { ...options, kind: "image" })).dimension).toBe(64);
  const mine = own();
  expect(await openEncoder("own", { ...options, encoders: [mine] })).toBe(mine);
});

test.each([
  [
    "an id that is taken",
    { id: "lsa" },
    'not an encoder: "lsa": expected an id that is not lsa, pixels or hf:..., got lsa',
  ],
  ["no version", { version: "" }, "expected a version, as text, got "],
  ["a dimension of 0", { dimension: 0 }, "expected a dimension of at least 1, got 0"],
  ["a batch of 0", { batchSize: 0 }, "expected a batchSize of at least 1, got 0"],
  [
    "a fit that nothing restores",
    { fit: () => ({ dimension: 1, state: new Map(), project: () => new Float32Array(1) }) },
    "expected `restore` beside `fit`, for items that come later, got none",
  ],
])("an encoder of the caller's with %s is refused before it is asked anything", async (_, overrides, message) => {
  await expect(openEncoder("lsa", { ...options, encoders: [own(overrides)] })).rejects.toThrow(
    `dataset.yaml:7:3: not an encoder: `,
  );
  await expect(openEncoder("lsa", { ...options, encoders: [own(overrides)] })).rejects.toThrow(message);
});

test("an encoder that changed its version or length does not join vectors that it made before", () => {
  const before = encodedBy(own(), { dimension: 2, projection: null });
  const join = (encoder: TextEncoder) => () => checkEncoder(encoder, { before, fitted: false, where: "new.jsonl" });
  expect(join(own())).not.toThrow();
  expect(join(own({ version: "2" }))).toThrow("expected own version 1, 2 numbers, got own version 2, 2 numbers");
  expect(join(own({ dimension: 3 }))).toThrow("expected own version 1, 2 numbers, got own version 1, 3 numbers");
});
