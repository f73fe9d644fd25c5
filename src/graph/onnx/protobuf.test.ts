import { expect, test } from "vitest";
import { ProtobufWriter } from "./protobuf.js";

const hex = (writer: ProtobufWriter): string => Buffer.from(writer.finish()).toString("hex");

test("the examples of the encoding guide: 150, a string, a message in a message", () => {
  expect(hex(new ProtobufWriter().int(1, 150))).toBe("089601");
  expect(hex(new ProtobufWriter().string(2, "testing"))).toBe("120774657374696e67");
  expect(hex(new ProtobufWriter().message(3, (inner) => inner.int(1, 150)))).toBe("1a03089601");
});

test("0 is written, -1 takes ten bytes, and 2^63 - 1 nine", () => {
  expect(hex(new ProtobufWriter().int(1, 0))).toBe("0800");
  expect(hex(new ProtobufWriter().int(1, -1))).toBe("08ffffffffffffffffff01");
  expect(hex(new ProtobufWriter().int(1, 2n ** 63n - 1n))).toBe("08ffffffffffffffff7f");
});

test("field 16 and above has a tag of two bytes", () => {
  expect(hex(new ProtobufWriter().int(20, 7))).toBe("a00107");
});

test("a float is four bytes, the lowest first: 1 is 0000803f", () => {
  expect(hex(new ProtobufWriter().float(2, 1))).toBe("150000803f");
});

test("text is UTF-8 and its length counts bytes: an umlaut is two", () => {
  expect(hex(new ProtobufWriter().string(1, "ü"))).toBe("0a02c3bc");
});

test("300 bytes have a length of two bytes, and nothing has length 0", () => {
  const bytes = new ProtobufWriter().bytes(1, new Uint8Array(300)).finish();
  expect(bytes.length).toBe(303);
  expect([...bytes.subarray(0, 3)]).toEqual([0x0a, 0xac, 0x02]);
  expect(hex(new ProtobufWriter().string(1, ""))).toBe("0a00");
});

test("fields follow each other in the order of writing", () => {
  expect(hex(new ProtobufWriter().int(2, 1).int(1, 2))).toBe("10010802");
});
