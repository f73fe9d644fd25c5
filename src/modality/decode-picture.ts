import type { Sharp } from "sharp";
import type { Unreadable } from "./encoder.js";
import { otherType, pictureType } from "./picture-type.js";

/** A picture as numbers: `height` rows of `width` pixels of red, green and blue, 0 to 255, sRGB. */
export interface Raster {
  width: number;
  height: number;
  data: Uint8Array;
}

export interface DecodeOptions {
  /** The size to stretch it to, in pixels. Default its own, shrunk to at most `pixels`. */
  size?: { width: number; height: number };
  /** The most pixels of a picture that keeps its own shape. Default 1,048,576. */
  pixels?: number;
  /** The most pixels of a picture that is decoded at all. Default 100 million. */
  largest?: number;
}

const LARGEST = 100_000_000;

/**
 * Decodes a picture: the first frame of an animation or page, turned as its EXIF orientation says, CMYK and grey turned to
 * sRGB, what is transparent laid on white, resized by a Lanczos kernel of three lobes.
 *
 * @returns RGB of the size asked for, or why there is none: "truncated or damaged", "more than 100 million pixels",
 *   "SVG is not read: ...". Bad bytes never throw.
 *
 * @example
 * const raster = await decodePicture(bytes, { size: { width: 64, height: 64 } });
 * if (!isUnreadable(raster)) raster.data.length; // 12288
 */
export async function decodePicture(
  bytes: Uint8Array,
  { size, pixels = 2 ** 20, largest = LARGEST }: DecodeOptions = {},
): Promise<Raster | Unreadable> {
  if (bytes.length === 0) return { unreadable: "0 bytes" };
  if (!pictureType(bytes)) return { unreadable: otherType(bytes) };
  // Loaded when the first picture comes: who has no pictures needs no decoder.
  const { default: sharp } = await import("sharp");
  try {
    // "error" fails on what is truncated or broken, and forgives what every viewer does.
    const picture = sharp(bytes, { failOn: "error", limitInputPixels: largest, autoOrient: true });
    const target = size ?? (await ownSize(picture, pixels));
    const { data, info } = await picture
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .resize({ ...target, fit: "fill", kernel: "lanczos3" })
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) return { unreadable: `${info.channels} channels where three were expected` };
    return { width: info.width, height: info.height, data };
  } catch (cause) {
    return { unreadable: problemOf(cause, largest) };
  }
}

async function ownSize(picture: Sharp, pixels: number): Promise<{ width: number; height: number }> {
  const { width, height } = (await picture.metadata()).autoOrient;
  const scale = Math.min(1, Math.sqrt(pixels / (width * height)));
  // A line one pixel high cannot get lower: its length alone is cut.
  const side = (length: number): number => Math.min(pixels, Math.max(1, Math.floor(length * scale)));
  return { width: side(width), height: side(height) };
}

/**
 * No words of the decoder but one: libvips keeps its messages in one place for all threads, so that of pictures decoded side by
 * side one can get the words of another, or none. That of the limit is sharp's own.
 */
function problemOf(cause: unknown, largest: number): string {
  const beyondLimit = cause instanceof Error && cause.message.includes("pixel limit");
  return beyondLimit ? `more than ${largest / 1e6} million pixels` : "truncated or damaged";
}
