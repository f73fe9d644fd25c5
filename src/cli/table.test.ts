import { expect, test } from "vitest";
import { renderTable } from "./table.js";

const rows = [
  ["mmdin", 90_123, 0.871234],
  ["popularity", 7, null],
];

test("without a terminal columns stand two spaces apart, numbers to the right", () => {
  expect(renderTable(["model", "rows", "AUC"], rows, { terminal: false }).split("\n")).toEqual([
    "model         rows     AUC",
    "mmdin       90,123  0.8712",
    "popularity       7       -",
  ]);
});

test("on a terminal cells have lines around them", () => {
  const lines = renderTable(["model", "rows", "AUC"], rows, { terminal: true }).split("\n");
  expect(lines[3]).toBe("│ mmdin      │ 90,123 │ 0.8712 │");
  expect(lines.map((line) => line[0])).toEqual(["┌", "│", "├", "│", "│", "└"]);
});
