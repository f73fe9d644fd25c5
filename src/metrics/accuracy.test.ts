import { expect, test } from "vitest";
import { accuracy } from "./accuracy.js";

test("three of four logits on the right side of 0 is .75", () => {
  expect(accuracy(Float32Array.of(2, -1, 0.5, -3), Uint8Array.of(1, 0, 0, 0))).toBe(0.75);
});

test("a logit of exactly 0 is a positive guess: 1 of 2", () => {
  expect(accuracy(Float32Array.of(0, 0), Uint8Array.of(1, 0))).toBe(0.5);
});

test("no rows is null", () => {
  expect(accuracy(new Float32Array(0), new Uint8Array(0))).toBeNull();
});
