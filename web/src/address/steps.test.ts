import { expect, test } from "vitest";
import { nextTime, questionOf, reordered, type Step } from "./steps.js";

const steps: Step[] = [
  { item: "a", label: 1, time: 100, features: { clicked: "1" } },
  { item: "b", label: null },
  { item: "c", label: 0, time: 300 },
];

test("a question carries what is known of each step, and the moment a minute after the latest", () => {
  expect(questionOf({ user: "ann", steps }, { clock: "time" })).toEqual({
    user: "ann",
    history: [
      { item: "a", label: 1, time: 100, features: { clicked: "1" } },
      { item: "b" },
      { item: "c", label: 0, time: 300 },
    ],
    time: 360,
  });
});

test("a question of nobody without times has an empty history and leaves the moment to the server", () => {
  expect(questionOf({ user: null, steps: [] }, { clock: "time" })).toEqual({ history: [] });
});

test("a step that is added comes a minute, or a position, after the latest step or the log", () => {
  expect(nextTime(steps, { clock: "time", lastTime: 200 })).toBe(360);
  expect(nextTime(steps, { clock: "time", lastTime: 1000 })).toBe(1060);
  expect(nextTime([], { clock: "order", lastTime: 7 })).toBe(8);
});

test("in another order the items move and the times stay, so that the order is the one that the model reads", () => {
  const [a, b] = [
    { item: "a", label: 1 as const, time: 1 },
    { item: "b", label: 0 as const, time: 2 },
  ];
  expect(reordered([a, b], [1, 0])).toEqual([
    { item: "b", label: 0, time: 1 },
    { item: "a", label: 1, time: 2 },
  ]);
});
