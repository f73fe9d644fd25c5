import type { CompareOptions, ComparisonDone } from "../experiments/index.js";
import { wholeNumber } from "./arguments.js";
import { type CompareProgress, showComparison } from "./compare-progress.js";
import { renderComparison } from "./compare-table.js";
import { seedsOf } from "./comparison-arguments.js";
import { INTERRUPTED, listenForInterrupt } from "./interrupt.js";
import { printJson, printResult } from "./output.js";

/** What the command line says to `compare` and to `ablate` alike. */
export interface ComparisonArguments {
  data: string;
  out: string;
  seeds?: string;
  config?: string;
  jobs?: string;
  threads?: string;
  retry?: boolean;
  "keep-runs"?: boolean;
  json?: boolean;
}

/** Runs a comparison from the command line: the live table on stderr, the result on stdout. */
export async function runComparison(
  run: (options: CompareOptions) => Promise<ComparisonDone>,
  { args, set, models }: { args: ComparisonArguments; set: readonly string[]; models?: string[] | undefined },
): Promise<number> {
  const { data, out, config, retry } = args;
  const seeds = seedsOf(args.seeds);
  const jobs = wholeNumber(args.jobs, { option: "--jobs", least: 1 });
  const threads = wholeNumber(args.threads, { option: "--threads", least: 1 });
  const keepRuns = args["keep-runs"];
  let shown: CompareProgress | undefined;
  const { signal, dispose } = listenForInterrupt(
    "Stopping: what is finished is kept, and the same command goes on from there. Ctrl-C once more ends at once.",
  );
  try {
    const { report } = await run({
      data,
      out,
      models,
      seeds,
      set,
      config,
      jobs,
      threads,
      retry,
      keepRuns,
      signal,
      onPlan: (plan) => {
        shown = showComparison(plan);
      },
      onCell: (update) => shown?.update(update),
    });
    shown?.stop();
    if (args.json) printJson(report);
    else printResult(renderComparison(report, { folder: out }));
    return signal.aborted ? INTERRUPTED : 0;
  } finally {
    shown?.stop();
    dispose();
  }
}
