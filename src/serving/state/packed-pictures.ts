/**
 * Pictures by field as one value: the length of a head (4 bytes, little end first), the head as JSON [[field, bytes], ...], and the bytes
 * in its order.
 */
export function packPictures(pictures: Readonly<Record<string, Uint8Array>>): Buffer {
  const entries = Object.entries(pictures);
  const head = Buffer.from(JSON.stringify(entries.map(([field, { length }]) => [field, length])));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(head.length);
  return Buffer.concat([size, head, ...entries.map(([, bytes]) => bytes)]);
}

export function unpackPictures(packed: Uint8Array): Record<string, Uint8Array> {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 4 + bytes.readUInt32LE();
  const head: [string, number][] = JSON.parse(bytes.toString("utf8", 4, at));
  return Object.fromEntries(
    head.map(([field, length]) => {
      at += length;
      // A copy: the pages of a store are used again.
      return [field, Uint8Array.from(bytes.subarray(at - length, at))] as const;
    }),
  );
}
