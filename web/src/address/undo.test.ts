import { expect, test } from "vitest";
import { type Undoable, undoReducer } from "./undo.js";

const start: Undoable<number> = { past: [], present: 0, future: [] };
const set = (state: Undoable<number>, value: number): Undoable<number> => undoReducer(state, { kind: "set", value });

test("undo goes back step by step, redo forward again, and a new value forgets what was undone", () => {
  const two = set(set(start, 1), 2);
  const undone = undoReducer(undoReducer(two, { kind: "undo" }), { kind: "undo" });
  expect(undone).toEqual({ past: [], present: 0, future: [1, 2] });
  expect(undoReducer(undone, { kind: "redo" }).present).toBe(1);
  expect(set(undone, 9)).toEqual({ past: [0], present: 9, future: [] });
});

test("nothing changes at either end, nor when the value is the same", () => {
  expect(undoReducer(start, { kind: "undo" })).toBe(start);
  expect(undoReducer(start, { kind: "redo" })).toBe(start);
  expect(set(start, 0)).toBe(start);
});

test("200 steps are kept", () => {
  let state = start;
  for (let value = 1; value <= 300; value++) state = set(state, value);
  expect([state.past.length, state.past[0]]).toEqual([200, 100]);
});
