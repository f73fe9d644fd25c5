import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../contract.js";
import type { DemoSummary } from "../experiments/index.js";
import type { TrainingWatch } from "../serving/index.js";
import type { TrainSummary, Validation } from "../training/index.js";
import { wholeNumber } from "./arguments.js";
import { defineCliCommand } from "./command.js";
import { count, duration, percent } from "./format.js";
import { INTERRUPTED, listenForInterrupt } from "./interrupt.js";
import { openWatch } from "./open-watch.js";
import { printJson, printResult } from "./output.js";
import { showProgress } from "./progress.js";
import { answerUntilStopped } from "./serve.js";
import { renderTable } from "./table.js";
import { renderEnding } from "./train-summary.js";

export const demoCommand = defineCliCommand({
  name: "demo",
  description: "Make a simulated shop, train on it, compare what was learnt with the truth, and serve it",
  args: {
    out: { type: "string", default: ".mmdin/demo", valueHint: "DIR", description: "Folder to write" },
    seed: { type: "string", valueHint: "N", description: "Another seed, another shop (default 1)" },
    users: { type: "string", valueHint: "N", description: "Number of people (default 800)" },
    items: { type: "string", valueHint: "N", description: "Number of items (default 1,200)" },
    events: { type: "string", valueHint: "N", description: "Number of events, roughly (default 90,000)" },
    threads: { type: "string", valueHint: "N", description: "Compute threads (default: one per core)" },
    serve: {
      type: "boolean",
      description: "Show the training on a page, and serve the shop when it has ended (default on a terminal)",
      negativeDescription: "End with the table (default without a terminal)",
    },
    port: { type: "string", valueHint: "N", description: "Port of the page (default 8080, or any that is free)" },
    json: { type: "boolean", description: "Print the table as JSON" },
  },
  examples: ["mmdin demo", "mmdin demo --seed 2 --out demo --no-serve --json"],
  async run({ args }) {
    const seed = wholeNumber(args.seed, { option: "--seed" });
    const users = wholeNumber(args.users, { option: "--users", least: 1 });
    const items = wholeNumber(args.items, { option: "--items", least: 1 });
    const events = wholeNumber(args.events, { option: "--events", least: 1 });
    const threads = wholeNumber(args.threads, { option: "--threads", least: 1 });
    const port = wholeNumber(args.port, { option: "--port" });
    const serves = args.serve ?? (process.stdout.isTTY === true && args.json !== true);
    const { demo } = await import("../experiments/index.js");
    const watch = serves ? await openWatch({ port, servedNext: true }) : undefined;
    const { progress: show, stop } = showProgress();
    const progress: Progress = (update) => {
      show(update);
      watch?.log.progress(update);
    };
    const observer = watch && {
      begin: (model: string) => watch.log.begin(model),
      validation: (validation: Validation) => watch.log.validation(validation),
      end: ({ result }: TrainSummary) => watch.log.end(result === null ? "ended" : renderEnding(result)),
    };
    const { signal, dispose } = listenForInterrupt("Stopping after this training. Ctrl-C once more ends at once.");
    try {
      const summary = await demo({ out: args.out, seed, users, items, events, threads, observer, signal, progress });
      stop();
      if (args.json) printJson(summary);
      else printResult(renderDemo(summary));
      if (signal.aborted) return INTERRUPTED;
      if (watch === undefined) return 0;
      return await serveDemo(args.out, { watch, progress: show, done: stop, dispose });
    } catch (error) {
      watch?.log.finish({ problem: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      stop();
      dispose();
      await watch?.close();
    }
  },
});

interface ServeDemoOptions {
  watch: TrainingWatch;
  progress: Progress;
  /** Takes the progress away. */
  done(): void;
  /** Ends the interrupt handling of the training: the server has its own. */
  dispose(): void;
}

/** Loads the log of the demo into a store, so that its people have their histories, and serves its model where the training was watched. */
async function serveDemo(out: string, { watch, progress, done, dispose }: ServeDemoOptions): Promise<number> {
  const run = join(out, "runs", "mmdin");
  const state = join(out, "state");
  const { loadLog, openStore, serve } = await import("../serving/index.js");
  rmSync(state, { recursive: true, force: true }); // of an older demo, whose people were others
  const store = await openStore(state);
  await loadLog(store, { data: join(out, "data"), progress }).finally(() => store.close());
  done();
  watch.log.finish({ run });
  await watch.close();
  dispose();
  const cache = join(out, "cache");
  const server = await serve(run, { store: state, port: watch.port, clock: "log", cache, logLevel: "warn" });
  return answerUntilStopped(server, { store: state });
}

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
