import sharp from "sharp";
import { expect, test } from "vitest";
import { pictureType } from "./picture-type.js";

test.each(["jpeg", "png", "webp", "gif", "avif", "tiff"] as const)("%s is known by its first bytes", async (format) => {
  const picture = sharp({ create: { width: 16, height: 16, channels: 3, background: "#336699" } });
  expect(pictureType(await picture.toFormat(format).toBuffer())).toBe(`image/${format}`);
});

test("TIFF of the other byte order and BigTIFF are known", () => {
  expect(pictureType(Buffer.from("MM\0*\0\0\0\x08", "latin1"))).toBe("image/tiff");
  expect(pictureType(Buffer.from("II+\0\x08\0\0\0", "latin1"))).toBe("image/tiff");
});

test("AVIF is known where its brand stands among the compatible ones, in a view that does not start its buffer", () => {
  const box = Buffer.concat([Buffer.alloc(5, 9), Buffer.from([0, 0, 0, 24]), Buffer.from("ftypmif1\0\0\0\0miafavif")]);
  expect(pictureType(box.subarray(5))).toBe("image/avif");
  // The four bytes after "mif1" are a version and no brand.
  expect(pictureType(Buffer.from("\0\0\0\x14ftypmif1avifmiaf", "latin1"))).toBeUndefined();
});

test("other sounds in a RIFF file, and a file shorter than a signature, are no pictures", () => {
  expect(pictureType(Buffer.from("RIFF\0\0\0\0WAVEfmt "))).toBeUndefined();
  for (let length = 0; length < 3; length++) {
    expect(pictureType(Uint8Array.of(0xff, 0xd8, 0xff).subarray(0, length))).toBeUndefined();
  }
});
