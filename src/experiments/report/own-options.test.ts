import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makePlan } from "../compare/plan.js";
import { mayReadOthers, ownOptions } from "./own-options.js";

const LINES = [
  { name: "popular", model: "popularity", set: [] },
  { name: "plain", model: "mmdin", set: [] },
  { name: "aged", model: "bst", set: ["options.age=true", "options.dimension=8"] },
  { name: "ids", model: "din", set: ["options.modalities=ids"] },
];

/** The own options of each line, by the plan that a grid.yaml makes. */
function ownOf(features: unknown): string[][] {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-own-"));
  try {
    const config = join(folder, "grid.yaml");
    writeFileSync(config, JSON.stringify({ features, set: ["epochs=1"], lines: LINES }));
    const plan = makePlan({ seeds: [1], config });
    return plan.lines.map((line) => ownOptions(line, plan));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("a line's own options are what is left without those of features and plan, whatever the features are", () => {
  for (const features of ["own", "all", "textbook", { history: "positives", statistics: false }]) {
    expect([features, ownOf(features)]).toEqual([features, LINES.map(({ set }) => set)]);
  }
});

test("a line may read other features than the plan says where its options are its own, not where they were tuned", () => {
  const plan = { features: "all", set: ["epochs=1"] } as const;
  const given = ['options.modalities="all"', "options.statistics=true", "epochs=1"];
  const reads = (own: string[], tuned: string[]): boolean =>
    mayReadOthers(
      { set: [...given, ...own, ...tuned], trials: [{ set: tuned, value: 0.5, error: null, chosen: true }] },
      { ...plan, set: [...plan.set] },
    );
  expect([
    reads([], []),
    reads(["options.modalities=ids"], []),
    reads([], ["options.dimension=8"]),
    reads([], ["options.statistics=false"]),
    reads([], ["options.behaviourDimension=4"]),
  ]).toEqual([false, true, false, true, false]);
});
