import { MmdinError } from "../errors.js";

export interface NpyHeader {
  type: "f4" | "f8";
  rows: number;
  columns: number;
  /** Where the numbers begin, in bytes. */
  offset: number;
}

const MAGIC = "\x93NUMPY";

/**
 * Reads the header of a NumPy .npy file (format versions 1 to 3; numpy.lib.format): little-endian float32 or float64 in C
 * order and two dimensions.
 *
 * @throws MmdinError DATA for any other content.
 */
export function parseNpyHeader(bytes: Uint8Array<ArrayBuffer>, { where }: { where: string }): NpyHeader {
  const refuse = (expected: string, got: string) =>
    new MmdinError("DATA", "this .npy file cannot be used", {
      where,
      expected,
      got,
      fix: "Save it with numpy.save(path, array.astype('float32')).",
    });
  const text = (from: number, to: number) =>
    Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1");
  if (bytes.byteLength < 12 || text(0, 6) !== MAGIC) throw refuse("a NumPy array", "another format");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const long = (bytes[6] ?? 1) >= 2;
  const begin = long ? 12 : 10;
  const offset = begin + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = text(begin, Math.min(offset, bytes.byteLength));
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? "?";
  const type = descr === "<f4" ? "f4" : descr === "<f8" ? "f8" : undefined;
  if (!type) throw refuse("little-endian float32 or float64", descr);
  if (!/'fortran_order':\s*False/.test(header)) throw refuse("rows one after the other (C order)", "Fortran order");
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map(Number);
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows === undefined || columns === undefined)
    throw refuse("two dimensions", `(${shape.join(", ")})`);
  return { type, rows, columns, offset };
}
