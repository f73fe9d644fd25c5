import { defineCliCommand } from "./command.js";
import { comparisonArguments } from "./comparison-arguments.js";
import { runComparison } from "./run-comparison.js";

export const compareCommand = defineCliCommand({
  name: "compare",
  description: "Train several models with several seeds, and say who wins, by how much, and whether it is luck",
  args: {
    ...comparisonArguments,
    models: {
      type: "string",
      valueHint: "A,B,...",
      description: "Models to compare, or `all` (default: all, where --config names no lines)",
    },
  },
  examples: [
    "mmdin compare --data data/shop --models popularity,din,mmdin --out reports/shop",
    "mmdin compare --data data/shop --models all --seeds 3 --config grid.yaml --out reports/all",
  ],
  async run({ args, set }) {
    const { compare } = await import("../experiments/index.js");
    const { modelNames } = await import("../models/registry.js");
    const { readCompareConfig } = await import("../config/compare-config.js");
    const hasLines = readCompareConfig(args.config).config.lines.length > 0;
    const named = args.models?.split(",").map((name) => name.trim());
    const models = named ?? (hasLines ? [] : ["all"]);
    return runComparison(compare, {
      args,
      set,
      models: models.flatMap((name) => (name === "all" ? modelNames() : [name])).filter((name) => name !== ""),
    });
  },
});
