import { expect, test } from "vitest";
import { encodingLines } from "./encoding-lines.js";

test("what became of the texts and pictures: encoded with its rate, known before, none, and the reasons with examples", () => {
  const poster = {
    encoder: "pixels",
    version: "1",
    dimension: 64,
    encoded: 4888,
    cached: 24,
    empty: 1,
    unreadable: [
      { reason: "truncated or damaged", items: 7, examples: ["3", "17"] },
      { reason: "0 bytes", items: 1, examples: ["9"] },
    ],
    seconds: 10,
  };
  expect(encodingLines({ poster, text: { ...poster, encoded: 0, unreadable: [], empty: 2, dimension: 1 } })).toEqual([
    "poster: pixels, 64 numbers; encoded 4,888 at 489/s, 24 known before, 1 item has none",
    "poster: missing for 7 items: truncated or damaged (3, 17, ...)",
    "poster: missing for 1 item: 0 bytes (9)",
    "text: pixels, 1 number; encoded 0, 24 known before, 2 items have none",
  ]);
});
