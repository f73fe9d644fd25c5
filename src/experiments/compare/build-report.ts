import { availableParallelism, cpus, totalmem } from "node:os";
import { type Dataset, SPLITS } from "../../data/index.js";
import { usersOf } from "../../data/users-of.js";
import { denseGroups } from "../../metrics/index.js";
import { packageVersion } from "../../package-version.js";
import { meanOfKnown } from "../report/mean-of-known.js";
import { type CompareReport, REPORT_FORMAT, REPORT_VERSION, type ReportLine } from "../report/report.js";
import { type ComparedRows, compareLines } from "./comparisons.js";
import { notesOf } from "./notes.js";
import type { Plan } from "./plan.js";
import { type LineOutcome, reportLine } from "./report-line.js";

/** How lines are set beside one another, and in which order they are shown. */
export interface Arrangement {
  kind: CompareReport["kind"];
  title: string;
  /** Pairs of line numbers to compare; null: every line with the best. */
  pairs: readonly (readonly [number, number])[] | null;
  /** The line that the others are held against; null: the best in AUC. */
  reference: number | null;
}

export interface ReportInput {
  plan: Plan;
  outcomes: LineOutcome[];
  dataset: Dataset;
  arrangement: Arrangement;
  threads: number;
  start: number;
}

/** Puts together what the cells of a plan have given. */
export async function buildReport({
  plan,
  outcomes,
  dataset,
  arrangement,
  threads,
  start,
}: ReportInput): Promise<CompareReport> {
  const { manifest, rows } = dataset;
  const compared = comparedRows(dataset);
  const lines = outcomes.map((outcome) => reportLine(outcome, rows.test.label));
  const base = lines.find(({ name }) => name === plan.base)!;
  for (const line of lines) if (line !== base) line.relaImpr = relaImprOf(line, base);
  const ranked = lines
    .map((line, index) => ({ index, auc: line.indicators.auc.mean }))
    .filter(({ auc }) => auc !== null)
    .sort((a, b) => b.auc! - a.auc! || a.index - b.index);
  const best = arrangement.reference ?? ranked[0]?.index ?? null;
  const pairs = arrangement.pairs ?? (best === null ? [] : ranked.slice(1).map(({ index }) => [index, best] as const));
  // The best is chosen on the same rows: any of the lines might have been it, so all pairs count.
  const corrected = arrangement.pairs?.length ?? Math.max(1, (ranked.length * (ranked.length - 1)) / 2);
  const scored = outcomes.map(({ line, cells }) => ({
    name: line.name,
    scores: cells.flatMap(({ scores }) => (scores ? [scores] : [])),
  }));
  const unranked = [...lines.keys()].filter((index) => !ranked.some((line) => line.index === index));
  const order = arrangement.kind === "ablate" ? [...lines.keys()] : [...ranked.map(({ index }) => index), ...unranked];
  const report: CompareReport = {
    format: REPORT_FORMAT,
    version: REPORT_VERSION,
    kind: arrangement.kind,
    title: arrangement.title,
    mmdin: packageVersion(),
    dataset: {
      name: manifest.name,
      hash: manifest.hash,
      splits: Object.fromEntries(
        SPLITS.map((split) => {
          const { count, label } = rows[split];
          return [
            split,
            { rows: count, positives: count === 0 ? 0 : label.reduce((sum, flag) => sum + flag, 0) / count },
          ];
        }),
      ) as CompareReport["dataset"]["splits"],
      users: compared.people.count,
      negatives: dataset.ranking.test ? dataset.ranking.test.width - 1 : null,
    },
    plan: {
      seeds: plan.seeds,
      set: plan.set,
      features: plan.features,
      threads,
      base: base.name,
      tuning:
        plan.tuning === null
          ? null
          : {
              trials: plan.tuning.trials,
              seed: plan.tuning.seed,
              space: {
                ...plan.tuning.space,
                ...Object.fromEntries(
                  Object.entries(plan.tuning.models).flatMap(([model, space]) =>
                    Object.entries(space).map(([path, values]) => [`${model}: ${path}`, values]),
                  ),
                ),
              },
            },
    },
    lines: order.map((index) => lines[index]!),
    best: best === null ? null : lines[best]!.name,
    comparisons: await compareLines(scored, compared, { pairs, corrected }),
    notes: [],
    times: timesOf(outcomes, start),
  };
  report.notes = notesOf(report, { asked: plan.seeds.length * plan.lines.length });
  return report;
}

function comparedRows({ events, rows, ranking }: Dataset): ComparedRows {
  const people = usersOf(events, rows.test.event);
  const lists = ranking.test ? usersOf(events, ranking.test.event) : new Int32Array(0);
  // Numbered together, so that a person's rows and lists are drawn together.
  const both = denseGroups(Int32Array.from([...people, ...lists]));
  const part = (from: number, to: number) => ({ ids: both.ids.slice(from, to), count: both.count });
  return {
    label: rows.test.label,
    people: part(0, people.length),
    listPeople: lists.length > 0 ? part(people.length, people.length + lists.length) : null,
  };
}

/** ((m - .5) / (base - .5) - 1) * 100, DIN's RelaImpr (arXiv 1706.06978, section 6.2); null where the base is no better than chance. */
function relaImprOf({ indicators }: ReportLine, base: ReportLine): ReportLine["relaImpr"] {
  const of = (name: "auc" | "gauc"): number | null => {
    const [own, other] = [indicators[name].mean, base.indicators[name].mean];
    return own === null || other === null || other <= 0.5 ? null : ((own - 0.5) / (other - 0.5) - 1) * 100;
  };
  return { auc: of("auc"), gauc: of("gauc") };
}

function timesOf(outcomes: readonly LineOutcome[], start: number): CompareReport["times"] {
  const processor = cpus()[0]?.model.trim() ?? "unknown processor";
  return {
    created: new Date().toISOString(),
    machine: `${processor}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`,
    seconds: (performance.now() - start) / 1000,
    lines: Object.fromEntries(
      outcomes.map(({ line, cells }) => [
        line.name,
        {
          secondsPerRun: meanOfKnown(cells.map(({ result }) => result.times.seconds)),
          rowsPerSecond: meanOfKnown(cells.map(({ result }) => result.times.rowsPerSecond)),
        },
      ]),
    ),
  };
}
