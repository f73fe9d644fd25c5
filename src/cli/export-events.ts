import { basename } from "node:path";
import type { ExportSummary } from "../serving/index.js";
import { defineCliCommand } from "./command.js";
import { count, moment, plural } from "./format.js";
import { printJson, printNote, printResult } from "./output.js";
import { showProgress } from "./progress.js";

/** Milliseconds: nobody waits for an export as for an answer. */
const PATIENCE = 10_000;

export const exportEventsCommand = defineCliCommand({
  name: "export-events",
  description: "Write the events that a server has collected as JSON lines that prepare reads",
  args: {
    store: {
      type: "string",
      required: true,
      valueHint: "PLACE",
      description: "Where the server keeps its state: a folder, or redis://[user:password@]host[:port][/database]",
    },
    out: {
      type: "string",
      required: true,
      valueHint: "FILE",
      description: "File to write; replaced once all is there",
    },
    json: { type: "boolean", description: "Print the summary as JSON" },
  },
  examples: [
    "mmdin export-events --store state --out events.jsonl",
    "mmdin export-events --store redis://localhost:6379/0 --out events.jsonl",
  ],
  async run({ args }) {
    const { eventsYaml, exportEvents, openExistingStore } = await import("../serving/index.js");
    // The cap of the server is not known here: whatever it has kept is read.
    const store = await openExistingStore(args.store, { eventsPerUser: Number.MAX_SAFE_INTEGER, patience: PATIENCE });
    const { progress, stop } = showProgress();
    try {
      const summary = await exportEvents(store, { path: args.out, progress }).finally(stop);
      const yaml = eventsYaml(basename(args.out), summary.columns);
      const lists = summary.columns.filter(({ kind }) => kind === "list").map(({ name }) => name);
      if (lists.length > 0)
        printNote(`lists, which are no features of an event to prepare, are in the file alone: ${lists.join(", ")}`);
      if (args.json) printJson({ ...summary, yaml });
      else printResult(render(summary, yaml));
    } finally {
      await store.close();
    }
    return undefined;
  },
});

function render({ path, events, people, from, to }: ExportSummary, yaml: string): string {
  return [
    `${plural(events, "event")} of ${count(people)} ${people === 1 ? "person" : "people"}, ${span(from, to)}: ${path}`,
    "",
    "these lines of dataset.yaml read it, with the file in the dataset's root (a code that is a number is a category: see `kind`):",
    "",
    yaml,
  ].join("\n");
}

/** A clock that counts positions, or days of another age, is shown as numbers. */
function span(from: number, to: number): string {
  const dates = from >= 1e8 && to < 1e11;
  return dates ? `from ${moment(from)} to ${moment(to)} (UTC)` : `times ${from} to ${to}`;
}
