/**
 * The indicators over the rows of a large log: milliseconds, rows a second, and the memory that each needs beyond its rows. Beside them
 * AUC and gAUC as one would write them first, by sorting rows with a comparator; both ways have to agree.
 *
 *   npm run bench -- metrics [--rows 10000000] [--rows-per-user 20] [--rounds 5] [--json FILE]
 *
 * One thread. The median of the rounds is printed, with the least and the most; the plain ways run once. "cpu" is the time that a core
 * worked on it: on a busy machine the clock says more.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { auc, calibration, gauc, logLoss, prAuc } from "../src/metrics/index.js";
import { plainAuc, plainGauc } from "../test/metrics/plain-auc.js";
import { collectGarbage, peakMemory } from "./speed/peak-memory.js";
import { scoredRows } from "./speed/scored-rows.js";
import { median, spreadOf } from "./speed/summary.js";

const { values: args } = parseArgs({
  options: {
    rows: { type: "string", default: "10000000" },
    "rows-per-user": { type: "string", default: "20" },
    rounds: { type: "string", default: "5" },
    json: { type: "string" },
  },
});
const rows = Number(args.rows);
const rounds = Number(args.rounds);
const { logits, labels, users } = scoredRows(rows, { rowsPerUser: Number(args["rows-per-user"]) });

const METRICS: Record<string, () => number | null> = {
  auc: () => auc(logits, labels),
  gauc: () => gauc(logits, { labels, groups: users }).value,
  logLoss: () => logLoss(logits, labels),
  prAuc: () => prAuc(logits, labels),
  ece: () => calibration(logits, labels).ece,
};
const PLAIN: Record<string, () => number> = {
  auc: () => plainAuc(logits, labels),
  gauc: () => plainGauc(logits, { labels, users }),
};
/** Two sums of the same terms in another order. */
const AGREE = 1e-12;

interface Measured {
  value: number | null;
  milliseconds: number[];
  cpuMilliseconds: number[];
  peakBytes: number | null;
  plainCpuMilliseconds?: number;
}

const results: Record<string, Measured> = {};
for (const [name, metric] of Object.entries(METRICS)) {
  results[name] = { value: metric(), milliseconds: [], cpuMilliseconds: [], peakBytes: peakMemory(metric) };
}
for (let round = 0; round < rounds; round++) {
  for (const [name, metric] of Object.entries(METRICS)) {
    const { milliseconds, cpuMilliseconds } = timed(metric);
    results[name]!.milliseconds.push(milliseconds);
    results[name]!.cpuMilliseconds.push(cpuMilliseconds);
  }
}
for (const [name, plain] of Object.entries(PLAIN)) {
  const { value, cpuMilliseconds } = timed(plain);
  const own = results[name]!;
  if (!(Math.abs(value - own.value!) < AGREE)) throw new Error(`${name} is ${own.value}, the plain way says ${value}`);
  own.plainCpuMilliseconds = cpuMilliseconds;
}

console.log(`${rows.toLocaleString("en-US")} rows, ${rounds} rounds, milliseconds: median (least to most)\n`);
for (const [name, { value, milliseconds, cpuMilliseconds, peakBytes, plainCpuMilliseconds }] of Object.entries(
  results,
)) {
  const middle = median(milliseconds);
  const parts = [
    `${name.padEnd(8)} ${spreadOf(milliseconds, 0).padEnd(20)}`,
    `cpu ${spreadOf(cpuMilliseconds, 0)}`.padEnd(22),
    `${(rows / middle / 1000).toFixed(0).padStart(4)} million rows/s`,
    `${peakBytes === null ? "?" : (peakBytes / rows).toFixed(1)} bytes a row`.padStart(16),
    `= ${value!.toFixed(6)}`,
  ];
  if (plainCpuMilliseconds !== undefined) {
    const times = plainCpuMilliseconds / median(cpuMilliseconds);
    parts.push(`plain cpu ${plainCpuMilliseconds.toFixed(0)}, ${times.toFixed(1)} times as much`);
  }
  console.log(parts.join("  "));
}
if (args.json) writeFileSync(args.json, JSON.stringify({ rows, rounds, results }, null, 1));

function timed<T>(work: () => T): { value: T; milliseconds: number; cpuMilliseconds: number } {
  collectGarbage();
  const start = performance.now();
  const cpu = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(cpu);
  return { value, milliseconds: performance.now() - start, cpuMilliseconds: (user + system) / 1000 };
}
