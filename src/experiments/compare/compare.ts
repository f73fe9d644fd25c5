import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { openDataset, refuseLeaks } from "../../data/index.js";
import { MmdinError } from "../../errors.js";
import { lockRun } from "../../training/index.js";
import type { CompareReport } from "../report/report.js";
import { type Arrangement, buildReport } from "./build-report.js";
import { readCellScores } from "./cell.js";
import { CellTasks, chooseTrials } from "./cell-tasks.js";
import { makePlan, type PlannedLine } from "./plan.js";
import { openReportFolder, type ReportFiles, writeReport } from "./report-folder.js";
import type { LineOutcome } from "./report-line.js";
import { type CellUpdate, runCells } from "./run-cells.js";

export interface CompareOptions {
  /** Folder of a prepared dataset. */
  data: string;
  /** Folder of the report; finished cells that lie there are not run again. */
  out: string;
  /** Names of models; each is a line of its own name. */
  models?: readonly string[] | undefined;
  /** Lines with options of their own. */
  lines?: readonly Pick<PlannedLine, "name" | "model" | "set">[] | undefined;
  /** Default 1 to 5. */
  seeds?: readonly number[] | undefined;
  /** Options of every line, as `epochs=5`. */
  set?: readonly string[] | undefined;
  /** A grid.yaml. */
  config?: string | undefined;
  /** Trainings at a time; default one per core and `threads`. */
  jobs?: number | undefined;
  /** Threads of one training; default 1: several trainings at a time use cores better than several threads of one. */
  threads?: number | undefined;
  /** Try cells again that failed; default false. */
  retry?: boolean | undefined;
  /** Keep the run folder of every cell; default false. */
  keepRuns?: boolean | undefined;
  /** Aborted, the cells that are done make a report. */
  signal?: AbortSignal | undefined;
  /** Called first, with the names of the lines and the seeds. */
  onPlan?: ((plan: { lines: string[]; seeds: number[] }) => void) | undefined;
  onCell?: ((update: CellUpdate) => void) | undefined;
}

export interface ComparisonDone {
  report: CompareReport;
  files: ReportFiles;
}

/**
 * Trains several models with several seeds on one dataset, on the same rows and with the same budget, and says who wins, by how
 * much, and whether it is luck: report.json, report.md and report.html. Options are tuned, where a grid asks for it, on validation.
 *
 * A cell (a line with a seed) that fails is shown as failed, and the others go on. What is finished stays: started again on the same
 * folder, after a crash too, only what is missing is run.
 *
 * @throws MmdinError CONFIG on the plan, DATA where the dataset leaks or has no rows to test on, MISMATCH where the folder holds a
 * report on another dataset, FORMAT, IO.
 * @example
 * const { report } = await compare({ data: "data/shop", out: "reports/shop", models: ["din", "mmdin"], seeds: [1, 2, 3] });
 */
export async function compare(options: CompareOptions): Promise<ComparisonDone> {
  return compareArranged(options, { kind: "compare", title: "Models compared", pairs: null, reference: null });
}

/** As `compare`, with pairs of one's own. */
export async function compareArranged(options: CompareOptions, arrangement: Arrangement): Promise<ComparisonDone> {
  const start = performance.now();
  const { seeds = [1, 2, 3, 4, 5], models, lines, set, config, signal, onPlan, onCell } = options;
  const out = resolve(options.out);
  const dataset = openDataset(options.data);
  // Every training would refuse it: that is one error, not a failed cell for each.
  refuseLeaks(dataset);
  if (dataset.rows.test.count === 0) {
    throw new MmdinError("DATA", "split test is empty", { where: dataset.directory });
  }
  const plan = makePlan({ models, lines, seeds, set, config });
  mkdirSync(out, { recursive: true });
  const release = lockRun(out, { what: "report" });
  try {
    openReportFolder(out, { name: dataset.manifest.name, hash: dataset.manifest.hash });
    const threads = options.threads ?? 1;
    const jobs = options.jobs ?? Math.max(1, Math.floor(availableParallelism() / threads));
    const how = { jobs, retry: options.retry ?? false, signal, onCell };
    const { hash } = dataset.manifest;
    const keepRun = options.keepRuns ?? false;
    const tasks = new CellTasks(plan, { out, hash, threads, data: resolve(options.data), keepRun });
    const trials = tasks.trials();
    onPlan?.({ lines: plan.lines.map(({ name }) => name), seeds: plan.seeds });
    const chosen = chooseTrials(plan, await runCells(trials, how));
    const tests = tasks.tests(chosen);
    const results = await runCells(tests, how);
    const outcomes = plan.lines.map((line, i): LineOutcome => {
      const { set, trials } = chosen.get(line.name)!;
      const cells = plan.seeds.flatMap((seed, s) => {
        const at = s * plan.lines.length + i;
        const result = results[at];
        if (!result) return [];
        const scores = result.state === "finished" ? readCellScores(tests[at]!.task.folder) : null;
        return [{ seed, result, scores }];
      });
      return { line, set, trials, cells };
    });
    const report = await buildReport({ plan, outcomes, dataset, arrangement, threads, start });
    return { report, files: await writeReport(out, report) };
  } finally {
    release();
  }
}
