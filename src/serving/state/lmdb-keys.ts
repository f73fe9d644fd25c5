import { createHash } from "node:crypto";

/** Bytes of the key of a person or an item. */
export const ID_BYTES = 32;
const TIME_BYTES = 8;

/**
 * The key of an id: its sha256, as an id may be longer than a key of lmdb (1,978 bytes). The id itself stands in the value. JSON of
 * it, as text that is no Unicode (half of a surrogate pair) would lose what tells it apart in UTF-8.
 */
export function idKey(id: string): Buffer {
  return createHash("sha256").update(JSON.stringify(id)).digest();
}

/** Eight bytes in the order of their numbers, those below zero too. */
export function sortableNumber(value: number): Buffer {
  const bytes = Buffer.alloc(TIME_BYTES);
  bytes.writeDoubleBE(value === 0 ? 0 : value); // one zero, not two
  if (bytes[0]! < 0x80) bytes[0]! ^= 0x80;
  else for (let k = 0; k < TIME_BYTES; k++) bytes[k]! ^= 0xff;
  return bytes;
}

/** Keys of a person's events: in the order of time, those of one time as they came. `sequence` is a number that no other has. */
export function eventKey(user: Buffer, { time, sequence }: { time: number; sequence: number }): Buffer {
  return Buffer.concat([user, sortableNumber(time), sortableNumber(sequence)]);
}

/** Where the keys that begin with these bytes begin and end. */
export function rangeOf(prefix: Buffer): { start: Buffer; end: Buffer } {
  return { start: prefix, end: Buffer.concat([prefix, Buffer.alloc(2 * TIME_BYTES + 1, 0xff)]) };
}

/** Keys in the order of a moment: when a person was last seen, or an item was put. */
export function momentKey(moment: number, id: Buffer): Buffer {
  return Buffer.concat([sortableNumber(moment), id]);
}

/** The id's part of a key of {@link momentKey}. */
export function idOfMoment(key: Buffer): Buffer {
  return key.subarray(TIME_BYTES);
}

/** The moment of a key of {@link momentKey}. */
export function momentOf(key: Buffer): number {
  const bytes = Buffer.from(key.subarray(0, TIME_BYTES));
  if (bytes[0]! >= 0x80) bytes[0]! ^= 0x80;
  else for (let k = 0; k < TIME_BYTES; k++) bytes[k]! ^= 0xff;
  return bytes.readDoubleBE();
}
