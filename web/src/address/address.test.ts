import { describe, expect, test } from "vitest";
import { type Address, addressFromHash, addressToHash, START } from "./address.js";

const whole: Address = {
  page: "why",
  item: null,
  taste: {
    user: "ann & bob",
    steps: [
      { item: "i1", label: 1, time: 1_704_076_608, features: { clicked: "1", "a=b": "x~y,z" } },
      { item: "+-~,.%", label: 0, time: 12.5 },
      { item: "ä/ö", label: null, features: { rating: 4.5, tags: ["a", "b"], seen: true, none: null } },
    ],
  },
  search: "über & unter?",
  filters: { genre: "Drama", price: { max: 20 } },
  candidates: ["a,b", "c"],
  onDevice: true,
};

describe("an address", () => {
  test("comes back whole from its hash, whatever is in ids, titles and features", () => {
    expect(addressFromHash(addressToHash(whole))).toEqual(whole);
  });

  test("leaves out what is at its default, and is short for a plain history", () => {
    expect(addressToHash(START)).toBe("#/");
    const taste = {
      user: null,
      steps: [
        { item: "i17", label: 1 as const },
        { item: "i4", label: 0 as const },
      ],
    };
    expect(addressToHash({ ...START, taste })).toBe("#/?h=+i17,-i4");
  });

  test("names an item in its path, one with slashes too", () => {
    const item: Address = { ...START, page: "items", item: "shelf/3 & 4" };
    expect(addressToHash(item)).toBe("#/items/shelf%2F3%20%26%204");
    expect(addressFromHash("#/items/shelf%2F3%20%26%204")).toEqual(item);
  });

  test.each([
    ["", START],
    ["#/nowhere", START],
    ["#/?h=,,i1,+,%&f=[1]&c=,,&q=%", { ...START, search: "%" }],
    ["#/?f=notjson&d=2", START],
    ["#/?h=%2Bi1~zz!~x:{bad", { ...START, taste: { user: null, steps: [{ item: "i1", label: 1, time: 1295 }] } }],
  ])("%j is read as far as it says something", (hash, expected) => {
    expect(addressFromHash(hash)).toEqual(expected);
  });
});
