import { wholeNumber } from "./arguments.js";
import { cacheArgument, cacheOf } from "./cache-option.js";
import { defineCliCommand } from "./command.js";
import { printJson, printResult } from "./output.js";
import { renderSummary } from "./prepare-summary.js";
import { showProgress } from "./progress.js";

export const prepareCommand = defineCliCommand({
  name: "prepare",
  description: "Read an event log and a catalogue as dataset.yaml says, and write what training reads",
  args: {
    config: { type: "positional", required: true, description: "the path of a dataset.yaml" },
    out: {
      type: "string",
      required: true,
      valueHint: "DIR",
      description: "Folder to write; replaced once all is ready",
    },
    root: {
      type: "string",
      valueHint: "DIR",
      description: "Folder that the sources are relative to, instead of the file's",
    },
    cache: cacheArgument,
    seed: { type: "string", valueHint: "N", description: "Seed of the sampled negatives (default 1)" },
    json: { type: "boolean", description: "Print the summary as JSON" },
  },
  examples: [
    "mmdin prepare dataset.yaml --out data/shop",
    "mmdin prepare examples/movielens/dataset.yaml --root ~/ml-latest-small --out data/movielens",
  ],
  async run({ args }) {
    const seed = wholeNumber(args.seed, { option: "--seed" });
    const { prepare } = await import("../data/index.js");
    const { progress, stop } = showProgress();
    const cache = cacheOf(args.cache);
    const summary = await prepare(args.config, { out: args.out, root: args.root, cache, seed, progress }).finally(stop);
    if (args.json) printJson(summary);
    else printResult(renderSummary(summary));
    return undefined;
  },
});
