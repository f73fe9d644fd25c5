import type { CodeArray } from "./columns.js";

// Arrays over shared memory, which threads read and write without a copy; all zeros.

export const sharedInt32 = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * length));
export const sharedUint8 = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));
export const sharedFloat32 = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * length));
export const sharedFloat64 = (length: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * length));

/** As many codes, of the same width. */
export function sharedCodes(codes: CodeArray): CodeArray {
  const buffer = new SharedArrayBuffer(codes.byteLength);
  if (codes instanceof Uint8Array) return new Uint8Array(buffer);
  return codes instanceof Uint16Array ? new Uint16Array(buffer) : new Int32Array(buffer);
}
