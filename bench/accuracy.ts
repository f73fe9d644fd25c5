/**
 * Accuracy over seeds: trains each line of an experiment, measures it on test, prints mean and standard deviation, and the
 * paired bootstrap over people where one is asked for. Runs are kept and not made again.
 *
 *   node --import ./scripts/typescript.mjs bench/accuracy.ts EXPERIMENT [--root DIR] [--work DIR] [--seeds 3] [--jobs 2]
 *
 * EXPERIMENT is a key of `EXPERIMENTS` below; `--root` is the folder of the data that its dataset.yaml reads.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { usersOf } from "../src/data/users-of.js";
import { attentionOnTruth } from "../src/experiments/index.js";
import { openDataset, prepare, type ScoredSplit, score, train } from "../src/index.js";
import {
  denseGroups,
  evaluateScores,
  pairedBootstrap,
  summary,
  weightedAuc,
  weightedMean,
} from "../src/metrics/index.js";
import { RandomStream } from "../src/random.js";
import { readRunManifest } from "../src/training/index.js";
import { generateWorld, readTruth } from "../src/world/index.js";
import { shareOfWay } from "../src/world/share-of-way.js";

interface Line {
  name: string;
  /** Name of the prepared dataset; default the experiment's own. */
  dataset?: string;
  model: string;
  set?: string[];
}
interface Experiment {
  /** dataset.yaml by name; "world" is made, one for every seed; "world, KEY shuffled": KEYs of its items change places. */
  datasets: Record<string, string>;
  /** Rows whose item has all of these modalities in this dataset are shown apart; all datasets have the same rows. */
  having?: { name: string; dataset: string; modalities: string[] };
  lines: Line[];
  /** Lines compared by paired bootstrap over people, pooled over seeds. */
  compare?: [string, string][];
}

const idsOnly = ["options.modalities=ids", "options.statistics=false"];
const EXPERIMENTS: Record<string, Experiment> = {
  movielens: {
    datasets: { films: "examples/movielens/dataset.yaml", textbook: "examples/movielens/textbook.yaml" },
    lines: [
      { name: "popularity", dataset: "films", model: "popularity" },
      { name: "din (textbook)", dataset: "textbook", model: "din" },
      { name: "mmdin", dataset: "films", model: "mmdin" },
    ],
  },
  next: {
    datasets: { next: "examples/movielens/next.yaml" },
    lines: [
      { name: "popularity", model: "popularity" },
      { name: "din (ids)", model: "din" },
      { name: "mmdin", model: "mmdin" },
    ],
    compare: [["mmdin", "din (ids)"]],
  },
  office: {
    datasets: { office: "examples/office/dataset.yaml" },
    lines: [
      { name: "popularity", model: "popularity" },
      { name: "din (ids)", model: "din" },
      { name: "mmdin", model: "mmdin" },
      { name: "mmdin, no text", model: "mmdin", set: ["options.modalities=[id,brand]"] },
    ],
    compare: [
      ["mmdin", "din (ids)"],
      ["mmdin", "mmdin, no text"],
    ],
  },
  encoded: {
    datasets: { encoded: "examples/movielens/encoded.yaml", frozen: "examples/movielens/dataset.yaml" },
    having: { name: "films with overview and poster", dataset: "frozen", modalities: ["overview", "poster"] },
    lines: [
      { name: "mmdin, lsa and pixels", dataset: "encoded", model: "mmdin" },
      { name: "mmdin, two frozen vectors", dataset: "frozen", model: "mmdin" },
      { name: "mmdin, ids alone", dataset: "encoded", model: "mmdin", set: ["options.modalities=[id]"] },
    ],
    compare: [
      ["mmdin, lsa and pixels", "mmdin, ids alone"],
      ["mmdin, lsa and pixels", "mmdin, two frozen vectors"],
    ],
  },
  world: {
    datasets: {
      world: "world",
      posters: "world, poster shuffled",
      texts: "world, title and blurb shuffled",
    },
    lines: [
      { name: "popularity", model: "popularity" },
      { name: "din (ids)", model: "din" },
      { name: "mmdin", model: "mmdin" },
      { name: "mmdin, posters shuffled", dataset: "posters", model: "mmdin" },
      { name: "mmdin, texts shuffled", dataset: "texts", model: "mmdin" },
      { name: "mmdin, no statistics", model: "mmdin", set: ["options.statistics=false"] },
      { name: "mmdin, ids alone", model: "mmdin", set: idsOnly },
    ],
  },
};

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    root: { type: "string" },
    work: { type: "string", default: "data/accuracy" },
    seeds: { type: "string", default: "3" },
    jobs: { type: "string", default: "2" },
  },
});
const name = positionals[0] ?? "";
const experiment = EXPERIMENTS[name];
if (experiment === undefined) throw new Error(`which experiment? one of ${Object.keys(EXPERIMENTS).join(", ")}`);
const work = join(args.work, name);
const seeds = Array.from({ length: Number(args.seeds) }, (_, i) => i + 1);
const first = Object.keys(experiment.datasets)[0]!;
mkdirSync(work, { recursive: true });

/** Folder of a prepared dataset; a world is another one for every seed. */
async function dataset(line: Line, seed: number): Promise<string> {
  const key = line.dataset ?? first;
  const config = experiment!.datasets[key]!;
  const [kind, shuffled] = config.split(/, | shuffled/);
  const isWorld = kind === "world";
  const out = join(work, isWorld ? `${key}-${seed}` : key);
  if (existsSync(join(out, "manifest.json"))) return out;
  if (!isWorld) await prepare(config, { out, ...(args.root !== undefined && { root: args.root }) });
  else {
    const source = join(work, `source-${seed}`);
    if (!existsSync(source)) await generateWorld({ out: source, seed });
    await prepare(shuffled ? shuffle(source, shuffled.split(" and ")) : join(source, "dataset.yaml"), { out });
  }
  return out;
}

/** A dataset.yaml of a world whose items have exchanged what stands under these keys, all of them together. */
function shuffle(source: string, keys: string[]): string {
  const items = readFileSync(join(source, "items.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line): Record<string, unknown> => JSON.parse(line));
  const from = Int32Array.from(items.keys());
  new RandomStream(1, "shuffle", ...keys).shuffle(from);
  const lines = items.map((item, i) => {
    const other = items[from[i]!]!;
    return JSON.stringify({ ...item, ...Object.fromEntries(keys.map((key) => [key, other[key]])) });
  });
  const name = keys.join("-");
  writeFileSync(join(source, `items-${name}.jsonl`), `${lines.join("\n")}\n`);
  const yaml = readFileSync(join(source, "dataset.yaml"), "utf8").replace("items.jsonl", `items-${name}.jsonl`);
  writeFileSync(join(source, `dataset-${name}.yaml`), yaml);
  return join(source, `dataset-${name}.yaml`);
}

interface Cell extends ScoredSplit {
  data: string;
  rowsPerSecond: number | null;
  seconds: number;
  peakMemory: number;
}

async function cell(line: Line, seed: number): Promise<Cell> {
  const data = await dataset(line, seed);
  const run = join(work, "runs", `${line.name.replace(/[^a-z0-9]+/gi, "-")}-${seed}`);
  const done = existsSync(join(run, "manifest.json")) && readRunManifest(run).state === "finished";
  if (!done) await train({ data, out: run, model: line.model, seed, threads: 1, ...(line.set && { set: line.set }) });
  const { result } = readRunManifest(run);
  const scored = await score({ run, data, threads: 1 });
  const { rowsPerSecond, seconds, peakMemory } = result!;
  return { ...scored, data, rowsPerSecond, seconds, peakMemory };
}

const cells = new Map<string, Cell[]>();
const todo = experiment.lines.flatMap((line) => seeds.map((seed) => ({ line, seed })));
// Datasets first and one after the other: several trainings share them.
for (const { line, seed } of todo) await dataset(line, seed);
async function takeTurns(): Promise<void> {
  for (let next = todo.shift(); next !== undefined; next = todo.shift()) {
    const { line, seed } = next;
    const result = await cell(line, seed);
    const list = cells.get(line.name) ?? [];
    list[seed - 1] = result;
    cells.set(line.name, list);
    process.stderr.write(`${line.name}, seed ${seed}: AUC ${result.evaluation.metrics.auc?.toFixed(4)}\n`);
  }
}
await Promise.all(Array.from({ length: Number(args.jobs) }, takeTurns));

const show = (values: (number | null | undefined)[]): string => {
  const known = values.filter((value): value is number => typeof value === "number");
  if (known.length === 0) return "-";
  const { mean, std } = summary(known);
  return `${(mean ?? 0).toFixed(4)} ± ${(std ?? 0).toFixed(4)}`;
};
const rounded = (values: number[]): string => String(Math.round(summary(values).mean ?? 0));
console.log(`\n${name}: mean ± standard deviation of ${seeds.length} seeds, test rows\n`);
console.log("| model | AUC | gAUC | log-loss | ECE | AUC cold items | HR@10 | rows/s | s | MB |");
console.log("|---|---|---|---|---|---|---|---|---|---|");
for (const { name: line } of experiment.lines) {
  const list = cells.get(line)!;
  const of = (pick: (cell: Cell) => number | null | undefined): string => show(list.map(pick));
  const columns = [
    of((c) => c.evaluation.metrics.auc),
    of((c) => c.evaluation.metrics.gauc),
    of((c) => c.evaluation.metrics.logLoss),
    of((c) => c.evaluation.metrics.ece),
    of((c) => c.evaluation.slices.coldItems.metrics.auc),
    of((c) => c.evaluation.ranking?.hitRate10),
    rounded(list.map((c) => c.rowsPerSecond ?? 0)),
    rounded(list.map((c) => c.seconds)),
    String(Math.round(Math.max(...list.map((c) => c.peakMemory)) / 2 ** 20)),
  ];
  console.log(`| ${line} | ${columns.join(" | ")} |`);
}

if (experiment.having) {
  const { name: what, dataset: key, modalities } = experiment.having;
  const { catalogue, rows } = openDataset(join(work, key));
  const columns = catalogue.modalities.filter((column) => modalities.includes(column.name));
  const has = Uint8Array.from(rows.test.item, (item) =>
    columns.every((column) => column.kind === "vector" && column.row[item]! >= 0) ? 1 : 0,
  );
  console.log(`\n${what}: ${has.reduce((a, b) => a + b, 0)} of ${rows.test.count} test rows\n`);
  console.log("| model | AUC | gAUC | log-loss |\n|---|---|---|---|");
  for (const { name: line } of experiment.lines) {
    const found = cells.get(line)!.map(({ logits, data }) => {
      const { events, rows: own } = openDataset(data);
      const user = usersOf(events, own.test.event);
      return evaluateScores({ logits, label: own.test.label, user, slices: { has } }).slices.has.metrics;
    });
    const columns = [found.map((m) => m.auc), found.map((m) => m.gauc), found.map((m) => m.logLoss)].map(show);
    console.log(`| ${line} | ${columns.join(" | ")} |`);
  }
}

for (const [a, b] of experiment.compare ?? []) {
  const [left, right] = [cells.get(a)!, cells.get(b)!];
  const { events, rows } = openDataset(left[0]!.data);
  const people = denseGroups(usersOf(events, rows.test.event));
  const mean = (list: Cell[]): Float64Array =>
    Float64Array.from(
      list[0]!.logits,
      (_, row) => list.reduce((sum, { logits }) => sum + logits[row]!, 0) / list.length,
    );
  const tell = (what: string, difference: ReturnType<typeof pairedBootstrap>): void => {
    const { difference: found, interval, agreement } = difference;
    console.log(
      `\n${what}, ${a} less ${b}: ${found?.toFixed(4)} [${interval?.map((x) => x.toFixed(4)).join(", ")}], ${((agreement ?? 0) * 100).toFixed(1)} % of resamples agree`,
    );
  };
  const aucOf = (list: Cell[]) => weightedAuc(mean(list), { labels: rows.test.label, groups: people });
  tell(
    "AUC of the seeds' mean logit",
    pairedBootstrap({ first: aucOf(left), second: aucOf(right) }, { groups: people.count }),
  );
  if (left[0]!.ranks && right[0]!.ranks) {
    const hits = (list: Cell[]): Float64Array =>
      Float64Array.from(
        list[0]!.ranks!,
        (_, i) => list.reduce((sum, { ranks }) => sum + (ranks![i]! <= 10 ? 1 : 0), 0) / list.length,
      );
    const each = denseGroups(Int32Array.from(left[0]!.ranks, (_, i) => i));
    const hitOf = (list: Cell[]) => weightedMean(hits(list), { groups: each });
    tell("HR@10", pairedBootstrap({ first: hitOf(left), second: hitOf(right) }, { groups: each.count }));
  }
}

if (experiment.datasets[first] === "world") {
  const worlds = seeds.map((seed) => join(work, `source-${seed}`));
  const yardsticks = worlds.map((world) => readTruth(world).manifest.yardsticks);
  const way = (auc: number | null, seed: number) => shareOfWay(auc, yardsticks[seed - 1]!.oracle);
  console.log("\n| | AUC | share of the way to the oracle |\n|---|---|---|");
  for (const { name: line } of experiment.lines) {
    const aucs = cells.get(line)!.map((c) => c.evaluation.metrics.auc);
    console.log(`| ${line} | ${show(aucs)} | ${show(aucs.map((auc, i) => way(auc, i + 1)))} |`);
  }
  for (const kind of ["informed", "interestsKnown", "oracle"] as const) {
    const aucs = yardsticks.map((known) => known[kind]);
    console.log(`| ${kind} | ${show(aucs)} | ${show(aucs.map((auc, i) => way(auc, i + 1)))} |`);
  }
  console.log("\nattention of mmdin on history of the active interest, and their share at equal age:");
  for (const seed of seeds) {
    const run = join(work, "runs", `mmdin-${seed}`);
    const found = await attentionOnTruth({ run, data: join(work, `world-${seed}`), world: worlds[seed - 1]! });
    const { rows, mass, atEqualAge, gain, gainError } = found;
    const [a, b, c, d] = [mass, atEqualAge, gain, gainError].map((value) => value?.toFixed(4));
    console.log(`seed ${seed}: ${a} against ${b}, gain ${c} ± ${d} on ${rows} rows`);
  }
}
