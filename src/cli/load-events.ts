import type { LoadLogSummary } from "../serving/index.js";
import { defineCliCommand } from "./command.js";
import { count, plural } from "./format.js";
import { printJson, printNote, printResult } from "./output.js";
import { showProgress } from "./progress.js";

/** Milliseconds: nobody waits for a load as for an answer. */
const PATIENCE = 10_000;

export const loadEventsCommand = defineCliCommand({
  name: "load-events",
  description: "Put the log of a prepared dataset into a server's store, so that its people have their histories",
  args: {
    data: {
      type: "string",
      required: true,
      valueHint: "DIR",
      description: "Prepared dataset that the run was trained on",
    },
    store: {
      type: "string",
      required: true,
      valueHint: "PLACE",
      description: "Where the server keeps its state: a folder, or redis://[user:password@]host[:port][/database]",
    },
    json: { type: "boolean", description: "Print the summary as JSON" },
  },
  examples: [
    "mmdin load-events --data data/films --store state",
    "mmdin load-events --data data/films --store redis://localhost:6379/0",
  ],
  async run({ args }) {
    const { loadLog, openStore } = await import("../serving/index.js");
    const store = await openStore(args.store, { patience: PATIENCE });
    const { progress, stop } = showProgress();
    try {
      const summary = await loadLog(store, { data: args.data, progress }).finally(stop);
      for (const warning of summary.warnings) printNote(warning);
      if (args.json) printJson(summary);
      else printResult(render(summary, store.place));
    } finally {
      await store.close();
    }
    return undefined;
  },
});

function render({ events, people, skipped }: LoadLogSummary, place: string): string {
  const there = skipped > 0 ? `; ${count(skipped)} ${skipped === 1 ? "was" : "were"} there already` : "";
  return `${plural(events, "event")} of ${count(people)} ${people === 1 ? "person" : "people"}: ${place}${there}`;
}
