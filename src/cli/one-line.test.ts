import { expect, test } from "vitest";
import { oneLine } from "./one-line.js";

test("what would clear the screen, ring or begin a new line is one space", () => {
  expect(oneLine("a\u001b[2Jb\u009b1Ac\u0007\r\n\u2028 d\u0000")).toBe("a [2Jb 1Ac d");
});
