import type { AddItemsSummary } from "../training/index.js";
import { cacheArgument, cacheOf } from "./cache-option.js";
import { defineCliCommand } from "./command.js";
import { encodingLines } from "./encoding-lines.js";
import { count, duration, plural } from "./format.js";
import { printJson, printNote, printResult } from "./output.js";
import { showProgress } from "./progress.js";

export const addItemsCommand = defineCliCommand({
  name: "add-items",
  description: "Add items to a trained run, to be ranked by their content at once, without training",
  args: {
    items: { type: "positional", required: true, description: "a file of JSON lines, with the columns of your items" },
    run: { type: "string", required: true, valueHint: "RUN", description: "Folder that `mmdin train` wrote" },
    root: {
      type: "string",
      valueHint: "DIR",
      description: "Folder of their pictures (default: that of the dataset's sources)",
    },
    replace: { type: "boolean", description: "Give items that the run knows already their new content" },
    cache: cacheArgument,
    json: { type: "boolean", description: "Print the summary as JSON" },
  },
  examples: [
    "mmdin add-items new.jsonl --run runs/first",
    "mmdin add-items new.jsonl --run runs/first --replace --json",
  ],
  async run({ args }) {
    const { addItems } = await import("../training/index.js");
    const { items, run, root, replace } = args;
    const cache = cacheOf(args.cache);
    const { progress, stop } = showProgress();
    const summary = await addItems({ run, items, root, replace, cache, progress }).finally(stop);
    if (summary.ignored.length > 0)
      printNote(`fields that dataset.yaml does not use: ${summary.ignored.slice(0, 10).join(", ")}`);
    if (summary.notShown > 0)
      printNote(
        `${count(summary.notShown)} pictures lie outside of the dataset's root: encoded, but not shown by neighbours`,
      );
    if (args.json) printJson(summary);
    else printResult(render(summary));
    return undefined;
  },
});

function render({ run, added, replaced, items, modalities, encodings, dropped, seconds }: AddItemsSummary): string {
  const covered = Object.entries(modalities).map(([name, n]) => `${name} ${count(n)}`);
  return [
    `${plural(added, "item")} added, ${count(replaced)} replaced: ${run} knows ${count(items)} now`,
    ...(covered.length > 0 ? [`of the ${count(added + replaced)}, with each modality: ${covered.join(", ")}`] : []),
    ...encodingLines(encodings),
    ...Object.entries(dropped).map(([reason, rows]) => `dropped: ${count(rows)}, ${reason}`),
    `done in ${duration(seconds)}`,
  ].join("\n");
}
