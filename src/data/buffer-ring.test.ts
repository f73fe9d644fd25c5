import { expect, test } from "vitest";
import { BufferRing } from "./buffer-ring.js";

test("a buffer comes back after `depth` batches, and not before", () => {
  const ring = new BufferRing(2);
  const first = ring.take("x", 3).fill(1);
  ring.turn();
  expect(ring.take("x", 3).buffer).not.toBe(first.buffer);
  ring.turn();
  const again = ring.take("x", 2);
  expect(again.buffer).toBe(first.buffer);
  expect([...again]).toEqual([1, 1]);
  expect(ring.take("y", 2).buffer).not.toBe(first.buffer);
});

test("a batch that needs more gets a larger buffer, which is the one that comes back", () => {
  const ring = new BufferRing(1);
  ring.take("x", 2);
  const larger = ring.take("x", 5);
  expect(larger).toHaveLength(5);
  expect(ring.take("x", 1).buffer).toBe(larger.buffer);
});

test("depth 0 gives zeros that nobody else has", () => {
  const ring = new BufferRing(0);
  const first = ring.take("x", 2).fill(1);
  expect([...ring.take("x", 2)]).toEqual([0, 0]);
  expect([...first]).toEqual([1, 1]);
});
