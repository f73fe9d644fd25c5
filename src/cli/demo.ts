import type { DemoSummary } from "../experiments/index.js";
import { wholeNumber } from "./arguments.js";
import { defineCliCommand } from "./command.js";
import { count, duration, percent } from "./format.js";
import { INTERRUPTED, listenForInterrupt } from "./interrupt.js";
import { printJson, printResult } from "./output.js";
import { showProgress } from "./progress.js";
import { renderTable } from "./table.js";

export const demoCommand = defineCliCommand({
  name: "demo",
  description: "Make a simulated shop, train on it, and compare what was learnt with the truth",
  args: {
    out: { type: "string", default: ".mmdin/demo", valueHint: "DIR", description: "Folder to write" },
    seed: { type: "string", valueHint: "N", description: "Another seed, another shop (default 1)" },
    users: { type: "string", valueHint: "N", description: "Number of people (default 800)" },
    items: { type: "string", valueHint: "N", description: "Number of items (default 1,200)" },
    events: { type: "string", valueHint: "N", description: "Number of events, roughly (default 90,000)" },
    threads: { type: "string", valueHint: "N", description: "Compute threads (default: one per core)" },
    json: { type: "boolean", description: "Print the table as JSON" },
  },
  examples: ["mmdin demo", "mmdin demo --seed 2 --out demo --json"],
  async run({ args }) {
    const seed = wholeNumber(args.seed, { option: "--seed" });
    const users = wholeNumber(args.users, { option: "--users", least: 1 });
    const items = wholeNumber(args.items, { option: "--items", least: 1 });
    const events = wholeNumber(args.events, { option: "--events", least: 1 });
    const threads = wholeNumber(args.threads, { option: "--threads", least: 1 });
    const { demo } = await import("../experiments/index.js");
    const { progress, stop } = showProgress();
    const { signal, dispose } = listenForInterrupt("Stopping after this training. Ctrl-C once more ends at once.");
    try {
      const summary = await demo({ out: args.out, seed, users, items, events, threads, signal, progress });
      stop();
      if (args.json) printJson(summary);
      else printResult(renderDemo(summary));
      return signal.aborted ? INTERRUPTED : 0;
    } finally {
      stop();
      dispose();
    }
  },
});

function renderDemo({ out, rows, lines, seconds }: DemoSummary): string {
  const titles = ["", "AUC", "way to oracle", "gAUC", "log-loss", "AUC, new items", "trained in"];
  const table = renderTable(
    titles,
    lines.map(({ name, auc, shareOfWay, gauc, logLoss, coldAuc, seconds }) => [
      name,
      auc,
      percent(shareOfWay),
      gauc,
      logLoss,
      coldAuc,
      seconds === null ? null : duration(seconds),
    ]),
  );
  return `${table}\nmeasured on ${count(rows)} test rows that no model has seen, in ${duration(seconds)}: ${out}`;
}
