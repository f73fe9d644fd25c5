import { defineCliCommand } from "./command.js";
import { comparisonArguments } from "./comparison-arguments.js";
import { runComparison } from "./run-comparison.js";

export const ablateCommand = defineCliCommand({
  name: "ablate",
  description: "Say what each part of mmdin is worth: a ladder from ids to everything, and everything less each part",
  args: comparisonArguments,
  examples: ["mmdin ablate --data data/shop --seeds 3 --out reports/parts"],
  async run({ args, set }) {
    const { ablate } = await import("../experiments/index.js");
    return runComparison(ablate, { args, set });
  },
});
