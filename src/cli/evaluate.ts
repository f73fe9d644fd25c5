import { wholeNumber } from "./arguments.js";
import { defineCliCommand } from "./command.js";
import { renderEvaluation } from "./evaluation-table.js";
import { printJson, printResult } from "./output.js";
import { showProgress } from "./progress.js";

export const evaluateCommand = defineCliCommand({
  name: "evaluate",
  description: "Measure a trained run on a split: AUC, gAUC, log-loss and more, also on slices",
  args: {
    run: { type: "string", required: true, valueHint: "RUN", description: "Folder that `mmdin train` wrote" },
    data: {
      type: "string",
      valueHint: "DIR",
      description: "Prepared dataset, where it is not where training found it",
    },
    split: { type: "enum", options: ["train", "valid", "test"], default: "test", description: "Rows to measure on" },
    weighting: {
      type: "enum",
      options: ["impressions", "clicks", "uniform"],
      default: "impressions",
      description: "What a user weighs in gAUC: rows, positives, or all the same",
    },
    threads: { type: "string", valueHint: "N", description: "Compute threads (default: one per core)" },
    json: { type: "boolean", description: "Print everything as JSON" },
  },
  examples: ["mmdin evaluate --run runs/first", "mmdin evaluate --run runs/first --split valid --json"],
  async run({ args }) {
    const threads = wholeNumber(args.threads, { option: "--threads", least: 1 });
    const { evaluate } = await import("../training/index.js");
    const { run, data, split, weighting } = args;
    const { progress, stop } = showProgress();
    const evaluation = await evaluate({ run, data, split, weighting, threads, progress }).finally(stop);
    if (args.json) printJson(evaluation);
    else printResult(renderEvaluation(evaluation));
    return undefined;
  },
});
