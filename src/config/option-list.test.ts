import { expect, test } from "vitest";
import { z } from "zod";
import { listOptions } from "./option-list.js";
import { runSchema } from "./run-config.js";

test("options are listed with path, default, choices and description", () => {
  const schema = z.strictObject({
    name: z.string().describe("What it is called."),
    mlp: z
      .strictObject({
        units: z.array(z.int()).default([8, 4]).describe("Hidden layers."),
        activation: z.enum(["relu", "tanh"]).default("relu"),
      })
      .prefault({}),
    modalities: z.union([z.enum(["all", "ids"]), z.array(z.string())]).default("all"),
    clip: z.number().nullable().default(null),
  });
  expect(listOptions(schema)).toEqual([
    { path: "name", default: undefined, choices: [], description: "What it is called." },
    { path: "mlp.units", default: "[8,4]", choices: [], description: "Hidden layers." },
    { path: "mlp.activation", default: "relu", choices: ["relu", "tanh"], description: "" },
    { path: "modalities", default: "all", choices: ["all", "ids"], description: "" },
    { path: "clip", default: "null", choices: [], description: "" },
  ]);
});

test("the options of a run are listed, their groups opened", () => {
  const paths = listOptions(runSchema).map(({ path }) => path);
  expect(paths.slice(0, 3)).toEqual(["model", "seed", "epochs"]);
  expect(paths).toContain("optimizer.learningRate");
  expect(paths).not.toContain("optimizer");
});
