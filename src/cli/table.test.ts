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

test("durations stand right, as numbers do", () => {
  const text = renderTable(
    ["model", "trained in"],
    [
      ["din", "21 s"],
      ["mmdin", "1 min 19 s"],
    ],
    { terminal: false },
  );
  expect(text.split("\n").slice(1)).toEqual(["din          21 s", "mmdin  1 min 19 s"]);
});

test("a terminal too narrow for the lines around the cells gets none", () => {
  const lines = renderTable(["model", "rows", "AUC"], rows, { terminal: true, width: 30 }).split("\n");
  expect(lines[0]).toBe("model         rows     AUC");
});

test("a terminal that is a little too narrow gets columns one space apart", () => {
  const lines = renderTable(["model", "rows", "AUC"], rows, { terminal: true, width: 25 }).split("\n");
  expect(lines.slice(0, 2)).toEqual(["model        rows    AUC", "mmdin      90,123 0.8712"]);
});

test("a table too wide for the terminal goes on below, its first column repeated", () => {
  expect(renderTable(["model", "rows", "AUC"], rows, { terminal: true, width: 20 }).split("\n")).toEqual([
    "model         rows",
    "mmdin       90,123",
    "popularity       7",
    "",
    "model          AUC",
    "mmdin       0.8712",
    "popularity       -",
  ]);
});
