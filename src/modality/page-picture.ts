import { decodePicture } from "./decode-picture.js";
import { isUnreadable, type Unreadable } from "./encoder.js";

/** Pixels; a page shows pictures in columns narrower than this. */
const WIDEST = 240;

/**
 * A picture made small enough for a page of many: at most 240 px wide (or `width`), its first frame, upright, as WebP. Every picture is
 * drawn anew, so that nothing of the file but what it shows gets into the page.
 *
 * @returns or why there is none; bad bytes never throw.
 */
export async function pagePicture(
  bytes: Uint8Array,
  { width: widest = WIDEST }: { width?: number } = {},
): Promise<{ bytes: Uint8Array; type: string } | Unreadable> {
  const raster = await decodePicture(bytes);
  if (isUnreadable(raster)) return raster;
  const { data, width, height } = raster;
  const { default: sharp } = await import("sharp");
  const small = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: widest, withoutEnlargement: true })
    .webp({ quality: 85 })
    .toBuffer();
  return { bytes: small, type: "image/webp" };
}
