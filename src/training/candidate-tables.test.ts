import { expect, test } from "vitest";
import { itemsOfPerson } from "./candidate-tables.js";

const people = (...counts: number[]) => ({
  user: Int32Array.from(counts.flatMap((count, user) => new Array<number>(count).fill(user))),
  label: new Uint8Array(counts.reduce((sum, count) => sum + count, 0)).fill(1),
});

test("people with 3, 5 and 2 liked items have 9 + 25 + 4 pairs, and 9 + 9 + 4 with the last 3 of each", () => {
  expect(itemsOfPerson(people(3, 5, 2), 38)).toBe(500);
  expect(itemsOfPerson(people(3, 5, 2), 37)).toBe(4);
  expect(itemsOfPerson(people(3, 5, 2), 22)).toBe(3);
  expect(itemsOfPerson(people(3, 5, 2), 21)).toBe(2);
  expect(itemsOfPerson(people(3, 5, 2), 1)).toBe(1);
});

test("of 700 items the last 500 count, and those that were not liked do not", () => {
  expect(itemsOfPerson(people(700), 250_000)).toBe(500);
  expect(itemsOfPerson(people(700), 249_999)).toBe(499);
  const { user, label } = people(700);
  expect(itemsOfPerson({ user, label: label.fill(0, 10) }, 99)).toBe(9);
});
