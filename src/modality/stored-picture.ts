import { decodePicture } from "./decode-picture.js";
import { isUnreadable, type Unreadable } from "./encoder.js";

/** Pixels of the longer side. */
const SIDE = 512;
/** Pixels that a picture of somebody else's may have: more is refused before it is decoded. */
const LARGEST = 50_000_000;

/**
 * A picture that somebody sends, as it is kept: decoded, upright, on white, no side longer than 512 px, written anew as JPEG. Nothing of the
 * file but what it shows is kept.
 *
 * @returns or why there is none; bad bytes never throw.
 */
export async function storedPicture(bytes: Uint8Array): Promise<Uint8Array | Unreadable> {
  const raster = await decodePicture(bytes, { largest: LARGEST });
  if (isUnreadable(raster)) return raster;
  const { data, width, height } = raster;
  const { default: sharp } = await import("sharp");
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: SIDE, height: SIDE, fit: "inside", withoutEnlargement: true })
    .jpeg({ quality: 92, chromaSubsampling: "4:4:4" })
    .toBuffer();
}
