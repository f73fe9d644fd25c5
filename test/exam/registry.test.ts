import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { modelNames } from "../../src/models/registry.js";

test("every model of the registry sits the exam with its default options", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter((name) => name.endsWith(".test.ts"));
  const text = files.map((name) => readFileSync(new URL(name, import.meta.url), "utf8")).join("\n");
  const sat = [...text.matchAll(/^modelExam\("([^",]+)", \{ floor: /gm)].map(([, name]) => name);
  expect(sat.sort()).toEqual(modelNames().sort());
});
