/**
 * Explanations of a demo's runs (`mmdin demo --out DIR`): what they cost, and which of their numbers names the steps that are truly relevant.
 * The world knows two kinds of them: steps of the interest that is active at the row (what the person is after now), and steps whose item is
 * truly like the candidate, to that person with that interest: the quarter of the row's steps with the largest similarity.
 *
 *   npm run bench -- explanations --demo DIR [--runs mmdin,din] [--rows 500] [--repeats 20] [--json FILE]
 *
 * AUC of a number: over pairs of a relevant and another step of one row, how often the relevant one has the larger number, mean over rows that
 * hold both; ties count half. "At equal age": over pairs of steps whose ages fall in one bin (powers of 1.25), of all rows together, as
 * people stay with an interest for a while, and recent steps are relevant for that reason alone.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BatchSourceColumns } from "../src/data/batch.js";
import { historyLengthOf, userOf } from "../src/data/batch-layout.js";
import { type Dataset, loadIds, openDataset } from "../src/data/index.js";
import { readHistory } from "../src/data/positive-history.js";
import { truthOfEvents } from "../src/experiments/world-truth.js";
import { Explainer, type RowExplanation } from "../src/serving/explanation/explainer.js";
import { keptShift } from "../src/training/run-calibration.js";
import { openRun } from "../src/training/run-folder.js";
import { readTruth, type TruePerson } from "../src/world/index.js";
import { median, quantile } from "./speed/summary.js";

const { values: args } = parseArgs({
  options: {
    demo: { type: "string" },
    runs: { type: "string", default: "mmdin,din" },
    rows: { type: "string", default: "500" },
    repeats: { type: "string", default: "20" },
    json: { type: "string" },
  },
});
if (args.demo === undefined || !existsSync(join(args.demo, "runs")))
  throw new Error("--demo: a folder that `mmdin demo --out` made");
const dataset = openDataset(join(args.demo, "data"));
const truth = readTruth(join(args.demo, "world"));
type TrueWeights = TruePerson["interests"][number]["weights"];

/** Row of the truth of every event, and place of every item of the catalogue in the truth. */
const truthRow = truthOfEvents(
  dataset,
  truth,
  Array.from({ length: dataset.events.count }, (_, event) => event),
);
const placeOfItem = new Map(truth.items.map(({ item }, place) => [item, place]));
const trueItem = loadIds(dataset.catalogue, "items").map((id) => truth.items[placeOfItem.get(id) ?? -1]);

/** How alike two items of the catalogue are to one who looks with these weights: what clicks are made of. */
function similarity(a: number, b: number, { topic, style, price }: TrueWeights): number {
  const [x, y] = [trueItem[a]!, trueItem[b]!];
  const dot = (p: readonly number[], q: readonly number[]): number => p.reduce((sum, v, i) => sum + v * q[i]!, 0);
  const near = Math.exp(-((x.price - y.price) ** 2));
  return topic * dot(x.topicVector, y.topicVector) + style * dot(x.style, y.style) + price * near;
}

/** Which steps are relevant to a row about this event and this candidate, by kind. */
function relevantSteps(steps: readonly number[], { event, candidate }: { event: number; candidate: number }) {
  const active = (of: number): number => truth.events.activeInterest[truthRow[of]!]!;
  const { weights } = truth.people[truth.events.user[truthRow[event]!]!]!.interests[active(event)]!;
  const alike = steps.map((step) => similarity(dataset.events.item[step]!, candidate, weights));
  const least = [...alike].sort((a, b) => b - a)[Math.ceil(alike.length / 4) - 1]!;
  return {
    "of the active interest": steps.map((step) => active(step) === active(event)),
    "like the candidate": alike.map((value) => value >= least),
  };
}

async function measure(name: string, { catalogue, events: all, rows }: Dataset): Promise<unknown> {
  const { model, weights, calibration } = openRun(join(args.demo!, "runs", name));
  const events = readHistory(all, model.history);
  const shift = keptShift(catalogue, { split: "request" });
  const explainer = await Explainer.create(model, weights, {
    catalogue,
    threads: 1,
    device: "cpu",
    calibration,
    shift,
  });
  const columnsOf = (chosen: readonly number[], event = rows.test.event[chosen[0]!]!): BatchSourceColumns => {
    const width = catalogue.statistics.item.length;
    const itemStatistics = new Float32Array(chosen.length * width);
    chosen.forEach((row, i) => {
      itemStatistics.set(rows.test.itemStatistics.subarray(row * width, (row + 1) * width), i * width);
    });
    return {
      catalogue,
      events,
      rows: {
        count: chosen.length,
        event: new Int32Array(chosen.length).fill(event),
        item: Int32Array.from(chosen, (row) => rows.test.item[row]!),
        label: new Uint8Array(chosen.length),
        itemStatistics,
      },
    };
  };
  const lengthOf = (row: number): number => {
    const event = rows.test.event[row]!;
    return historyLengthOf(events, event, { user: userOf(events, event), length: catalogue.history.length });
  };
  const every = Array.from({ length: rows.test.count }, (_, row) => row);
  const stride = Math.max(1, Math.floor(every.length / Number(args.rows)));
  const chosen = every.filter((row) => row % stride === 0 && lengthOf(row) >= 2).slice(0, Number(args.rows));

  console.log(`\n${name}: one thread`);
  const long = every.filter((row) => lengthOf(row) === catalogue.history.length);
  const speed: unknown[] = [];
  for (const candidates of [1, 20]) {
    const columns = columnsOf(long.slice(0, candidates), rows.test.event[long[0]!]!);
    let found = await explainer.explain(columns);
    const [wall, cpu]: [number[], number[]] = [[], []];
    for (let i = 0; i < Number(args.repeats); i++) {
      const [start, before] = [performance.now(), process.cpuUsage()];
      found = await explainer.explain(columns);
      const { user, system } = process.cpuUsage(before);
      wall.push(performance.now() - start);
      cpu.push((user + system) / 1000);
    }
    const { orders, runs } = found;
    const spent = {
      candidates,
      steps: catalogue.history.length,
      orders,
      runs,
      p50: median(wall),
      p90: quantile(wall, 0.9),
      cpu: median(cpu),
    };
    speed.push(spent);
    console.log(
      `  ${candidates} candidates, ${spent.steps} steps: ${orders} orders, ${runs} runs, p50 ${spent.p50.toFixed(0)} ms, p90 ${spent.p90.toFixed(0)} ms, cpu ${spent.cpu.toFixed(0)} ms`,
    );
  }

  const tallies: Record<string, Record<string, Tally>> = {};
  let [errors, sizes] = [0, 0];
  for (const row of chosen) {
    const explained = await explainer.explain(columnsOf([row]));
    const found = explained.rows[0]!;
    const event = rows.test.event[row]!;
    const age = explained.steps.map((step) => events.time[event]! - events.time[step]!);
    const kinds = relevantSteps(explained.steps, { event, candidate: rows.test.item[row]! });
    for (const [kind, relevant] of Object.entries(kinds)) {
      tallies[kind] ??= {};
      for (const [number, values] of Object.entries(numbersOf(found, age))) {
        tallies[kind][number] ??= new Tally();
        tallies[kind][number].add(values, { relevant, age });
      }
    }
    for (const [t, error] of (found.errors ?? []).entries()) {
      errors += error ** 2;
      sizes += found.contributions[t]! ** 2;
    }
  }
  await explainer.close();
  const relativeError = Math.sqrt(errors / sizes);
  console.log(
    `  ${chosen.length} test rows; contributions have a standard error of ${relativeError.toFixed(3)} of their size`,
  );
  const named: Record<string, Record<string, ReturnType<Tally["result"]>>> = {};
  for (const [kind, own] of Object.entries(tallies)) {
    console.log(`  steps ${kind}`);
    named[kind] = Object.fromEntries(Object.entries(own).map(([number, tally]) => [number, tally.result()]));
    for (const [number, { auc, error, atEqualAge, relevant, others, rows }] of Object.entries(named[kind])) {
      console.log(
        `    ${number.padEnd(17)} AUC ${auc.toFixed(3)} +- ${error.toFixed(3)}, at equal age ${atEqualAge.toFixed(3)}; mean ${relevant.toFixed(4)}, of others ${others.toFixed(4)} (${rows} rows)`,
      );
    }
  }
  return { speed, rows: chosen.length, relativeError, named };
}

/** What could name a step: each as one number a step, larger for more. */
function numbersOf(
  { weights, changes, contributions }: RowExplanation,
  age: readonly number[],
): Record<string, number[]> {
  const heads = weights[0]?.length ?? 0;
  const sums = Array.from({ length: heads }, (_, h) => weights.reduce((sum, own) => sum + Math.abs(own[h]!), 0));
  return {
    "attention weight": weights.map((own) =>
      own.reduce((sum, weight, h) => sum + Math.abs(weight) / sums[h]! / heads, 0),
    ),
    "|change|": changes.map(Math.abs),
    "|contribution|": contributions.map(Math.abs),
    change: changes,
    contribution: contributions,
    recency: age.map((seconds) => 1 / (1 + seconds / 86_400)),
  };
}

/** Sums up how well one number names relevant steps. */
class Tally {
  readonly #aucs: number[] = [];
  #same = { pairs: 0, won: 0 };
  #sums = { relevant: [0, 0], others: [0, 0] };

  add(values: readonly number[], { relevant, age }: { relevant: readonly boolean[]; age: readonly number[] }): void {
    const bin = age.map((seconds) => Math.floor(Math.log(1 + seconds) / Math.log(1.25)));
    let [pairs, won] = [0, 0];
    for (const [a, own] of values.entries()) {
      if (!relevant[a]) continue;
      for (const [b, other] of values.entries()) {
        if (relevant[b]) continue;
        const point = own > other ? 1 : own === other ? 0.5 : 0;
        pairs++;
        won += point;
        if (bin[a] !== bin[b]) continue;
        this.#same.pairs++;
        this.#same.won += point;
      }
    }
    if (pairs === 0) return;
    this.#aucs.push(won / pairs);
    for (const [t, value] of values.entries()) {
      const sum = relevant[t] ? this.#sums.relevant : this.#sums.others;
      sum[0]! += value;
      sum[1]! += 1;
    }
  }

  result() {
    const rows = this.#aucs.length;
    const auc = this.#aucs.reduce((sum, own) => sum + own, 0) / rows;
    const error = Math.sqrt(this.#aucs.reduce((sum, own) => sum + (own - auc) ** 2, 0) / (rows * (rows - 1)));
    const mean = ([sum, count]: number[]): number => sum! / count!;
    const { relevant, others } = this.#sums;
    return {
      rows,
      auc,
      error,
      atEqualAge: this.#same.won / this.#same.pairs,
      relevant: mean(relevant),
      others: mean(others),
    };
  }
}

const report: Record<string, unknown> = {};
for (const name of args.runs.split(",")) report[name] = await measure(name, dataset);
if (args.json) writeFileSync(args.json, JSON.stringify(report, null, 1));
