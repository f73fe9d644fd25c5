import { expect, test } from "vitest";
import { MmdinError } from "../errors.js";
import { describeError } from "./errors.js";

const cause = new Error("no such file");
const ours = new MmdinError("IO", "cannot be read", { where: "a.yaml", fix: "Give a path.", cause });

test("an error of ours is its message alone, without a stack", () => {
  expect(describeError(ours)).toBe("mmdin: a.yaml: cannot be read. Give a path.");
});

test("in debugging the stack and the cause come too", () => {
  const text = describeError(ours, { debug: true });
  expect(text).toContain("errors.test.ts");
  expect(text).toContain("[cause]: Error: no such file");
});

test("any other error says that it was not expected and what to report", () => {
  expect(describeError(new TypeError("x is undefined"))).toMatch(
    /^mmdin: unexpected error: TypeError: x is undefined\n.*Please report it, .*MMDIN_DEBUG=1/,
  );
  expect(describeError("thrown text")).toContain("mmdin: unexpected error: thrown text");
});
