import { expect, test } from "vitest";
import { count, decimal, duration, moment, percent, size } from "./format.js";

test("durations read as people say them", () => {
  expect([8.04, 9.96, 61, 3600 + 300].map(duration)).toEqual(["8.0 s", "10 s", "1 min 1 s", "1 h 5 min"]);
});

test("numbers, shares, sizes and moments are short", () => {
  expect([count(80_668.4), decimal(0.87125), percent(0.4871), size(11_800_000), moment(1_537_799_250)]).toEqual([
    "80,668",
    "0.8712",
    "48.7 %",
    "11.8 MB",
    "2018-09-24 14:27",
  ]);
});

test("what is not defined is a dash", () => {
  expect([decimal(null), decimal(Number.NaN), percent(null)]).toEqual(["-", "-", null]);
});
