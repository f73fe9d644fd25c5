import { join } from "node:path";
import type { WorldSummary } from "../world/index.js";
import { wholeNumber } from "./arguments.js";
import { defineCliCommand } from "./command.js";
import { count, duration, percent } from "./format.js";
import { printJson, printResult } from "./output.js";
import { showProgress } from "./progress.js";
import { renderTable } from "./table.js";

export const worldCommand = defineCliCommand({
  name: "world",
  description: "Write a simulated shop whose truth is known: events, items with texts and posters, a dataset.yaml",
  args: {
    out: { type: "string", required: true, valueHint: "DIR", description: "Folder to write" },
    seed: { type: "string", valueHint: "N", description: "Another seed, another world (default 1)" },
    users: { type: "string", valueHint: "N", description: "Number of people (default 800)" },
    items: { type: "string", valueHint: "N", description: "Number of items (default 1,200)" },
    events: { type: "string", valueHint: "N", description: "Number of events, roughly (default 90,000)" },
    json: { type: "boolean", description: "Print the summary as JSON" },
  },
  examples: ["mmdin world --out world", "mmdin prepare world/dataset.yaml --out data/world"],
  async run({ args }) {
    const seed = wholeNumber(args.seed, { option: "--seed" });
    const users = wholeNumber(args.users, { option: "--users", least: 1 });
    const items = wholeNumber(args.items, { option: "--items", least: 1 });
    const events = wholeNumber(args.events, { option: "--events", least: 1 });
    const { generateWorld } = await import("../world/index.js");
    const { progress, stop } = showProgress();
    const summary = await generateWorld({ out: args.out, seed, users, items, events, progress }).finally(stop);
    if (args.json) printJson(summary);
    else printResult(renderWorld(summary));
    return undefined;
  },
});

function renderWorld({ out, counts, clickRate, yardsticks, seconds }: WorldSummary): string {
  const { users, items, newItems, events, testRows } = counts;
  return [
    `${count(users)} people, ${count(items)} items (${count(newItems)} of them new at the end), ${count(events)} events, ${percent(clickRate)} clicked`,
    renderTable(
      [`who knows what, on the last ${count(testRows)} events`, "AUC"],
      [
        ["how often an item was shown", yardsticks.popularity],
        ["the true similarities to the past (informed)", yardsticks.informed],
        ["every interest, but not which one is active", yardsticks.interestsKnown],
        ["the true probability of a click (oracle)", yardsticks.oracle],
      ],
    ),
    `made in ${duration(seconds)}: ${out}; to see its items, open ${join(out, "contact-sheet.html")}`,
  ].join("\n");
}
