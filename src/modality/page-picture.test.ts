import sharp from "sharp";
import { expect, test } from "vitest";
import { pagePicture } from "./page-picture.js";

const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#204060" } })
    .png()
    .toBuffer();

test("a large picture becomes 240 px wide and keeps its shape, a small one its size", async () => {
  const size = async (width: number, height: number) => {
    const small = await pagePicture(await blank(width, height));
    if ("unreadable" in small) throw new Error(small.unreadable);
    const { width: w, height: h, format } = await sharp(small.bytes).metadata();
    return [w, h, format, small.type];
  };
  expect(await size(1000, 1500)).toEqual([240, 360, "webp", "image/webp"]);
  expect(await size(96, 144)).toEqual([96, 144, "webp", "image/webp"]);
});

test("what is no picture is refused with a reason", async () => {
  expect(await pagePicture(Uint8Array.of(1, 2, 3))).toEqual({
    unreadable: "none of JPEG, PNG, WebP, GIF, AVIF, TIFF",
  });
});
