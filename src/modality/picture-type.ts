/** The media types of the pictures that are read. */
export type PictureType = "image/jpeg" | "image/png" | "image/webp" | "image/gif" | "image/avif" | "image/tiff";

/**
 * The media type of a picture by its first bytes; undefined where it is none that is read. A file's name says nothing here.
 *
 * Sources: the signatures of ISO/IEC 10918-1 (JPEG, 1994), W3C PNG (2003), RFC 9649 (WebP, 2024), GIF89a (CompuServe, 1990),
 * AVIF (Alliance for Open Media, 2019), TIFF 6.0 (Adobe, 1992).
 */
export function pictureType(bytes: Uint8Array): PictureType | undefined {
  const head = text(bytes, { end: 12 });
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) return "image/webp";
  if (/^GIF8[79]a/.test(head)) return "image/gif";
  // The last two are BigTIFF.
  if (["II*\0", "MM\0*", "II+\0", "MM\0+"].some((magic) => head.startsWith(magic))) return "image/tiff";
  return brands(bytes).some((brand) => brand === "avif" || brand === "avis") ? "image/avif" : undefined;
}

/** Why bytes that `pictureType` does not know are not read. */
export function otherType(bytes: Uint8Array): string {
  // Without zero bytes, so that UTF-16 reads as ASCII does.
  const head = text(bytes, { end: 4096 }).replaceAll("\0", "");
  if (/^[^<]{0,64}</.test(head)) {
    if (/<(!doctype )?html[\s>]/i.test(head)) return "a web page, not a picture";
    if (/<(\w{1,16}:)?svg[\s>]/i.test(head))
      return "SVG is not read: it can hold scripts and references to other files";
  }
  if (brands(bytes).some((brand) => /^he[iv]/.test(brand))) return `HEIC is not read: convert it to one of ${READ}`;
  return `none of ${READ}`;
}

const READ = "JPEG, PNG, WebP, GIF, AVIF, TIFF";

/** The brands in the file type box that opens a file of the ISO base media format: [size, "ftyp", major, version, others...]. */
function brands(bytes: Uint8Array): string[] {
  if (text(bytes, { start: 4, end: 8 }) !== "ftyp") return [];
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const all = text(bytes, { start: 8, end: Math.min(size, 256) }).match(/.{4}/gs) ?? [];
  return all.filter((_, place) => place !== 1);
}

function text(bytes: Uint8Array, { start = 0, end }: { start?: number; end: number }): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", start, end);
}
