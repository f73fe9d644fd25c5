/**
 * All models in simulated worlds whose truth is known, on ids and content, without statistics: the order of the models, how far each
 * goes towards the oracle, and whether one is above the next in every world.
 *
 *   npm run bench -- world-models [--work DIR] [--seeds 5] [--models A,B] [--jobs N]
 *
 * The world of seed n trains seed n: an interval speaks of worlds and of trainings at once. Finished trainings are not made again.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compare } from "../src/experiments/index.js";
import { prepare } from "../src/index.js";
import { summary } from "../src/metrics/index.js";
import { modelNames } from "../src/models/registry.js";
import { generateWorld, readTruth } from "../src/world/index.js";
import { shareOfWay } from "../src/world/share-of-way.js";

const { values: args } = parseArgs({
  options: {
    work: { type: "string", default: "data/world-models" },
    seeds: { type: "string", default: "5" },
    models: { type: "string", default: modelNames().join(",") },
    jobs: { type: "string" },
  },
});
const models = args.models.split(",");
const seeds = Array.from({ length: Number(args.seeds) }, (_, i) => i + 1);
const config = new URL("../examples/compare/world.yaml", import.meta.url).pathname;

/** What one world says: of each model, and of what knows its truth. */
interface Known {
  auc: Map<string, number>;
  logLoss: Map<string, number>;
  oracle: number;
}
const worlds: Known[] = [];
for (const seed of seeds) {
  const source = join(args.work, `source-${seed}`);
  const data = join(args.work, `world-${seed}`);
  if (!existsSync(source)) await generateWorld({ out: source, seed });
  if (!existsSync(data)) await prepare(join(source, "dataset.yaml"), { out: data });
  const { report } = await compare({
    data,
    out: join(args.work, `report-${seed}`),
    models,
    seeds: [seed],
    config,
    ...(args.jobs !== undefined && { jobs: Number(args.jobs) }),
    onCell: ({ line, seed, state, auc, error }) => {
      if (state !== "running") process.stderr.write(`world ${seed}, ${line}: ${error ?? auc?.toFixed(4)}\n`);
    },
  });
  const { yardsticks } = readTruth(source).manifest;
  const auc = new Map<string, number>();
  const logLoss = new Map<string, number>();
  for (const { name, indicators } of report.lines) {
    if (indicators.auc.mean !== null) auc.set(name, indicators.auc.mean);
    if (indicators.logLoss.mean !== null) logLoss.set(name, indicators.logLoss.mean);
  }
  for (const kind of ["informed", "interestsKnown", "oracle"] as const) auc.set(kind, yardsticks[kind] ?? Number.NaN);
  worlds.push({ auc, logLoss, oracle: yardsticks.oracle ?? Number.NaN });
}

const over = (of: (world: Known) => number | null | undefined) =>
  summary(worlds.map(of).filter((value): value is number => typeof value === "number" && Number.isFinite(value)));
/** AUC of one less that of another, world by world. */
const gain = (name: string, other: string) =>
  over(({ auc }) => (auc.has(name) && auc.has(other) ? auc.get(name)! - auc.get(other)! : undefined));
const interval = ({ mean, interval: found }: ReturnType<typeof summary>): string =>
  mean === null ? "-" : `${mean.toFixed(4)} [${found?.map((end) => end.toFixed(4)).join(", ") ?? "-"}]`;

const names = [...models, "informed", "interestsKnown", "oracle"]
  .map((name) => ({ name, auc: over(({ auc }) => auc.get(name)) }))
  .sort((a, b) => (a.auc.mean ?? 0) - (b.auc.mean ?? 0));
console.log(`${seeds.length} worlds: mean and 95 % interval (Student's t over worlds)\n`);
console.log("| model | AUC | share of the way to the oracle | log-loss | AUC above the line before, world by world |");
console.log("|---|---|---|---|---|");
names.forEach(({ name, auc }, i) => {
  const way = over((world) => shareOfWay(world.auc.get(name) ?? null, world.oracle));
  const before = names[i - 1]?.name;
  const loss = over(({ logLoss }) => logLoss.get(name));
  console.log(
    `| ${name} | ${interval(auc)} | ${interval(way)} | ${interval(loss)} | ${before ? interval(gain(name, before)) : "-"} |`,
  );
});
const chain = ["popularity", "din", "mmdin", "oracle"].filter((name) => names.some((line) => line.name === name));
for (const [i, name] of chain.entries()) {
  const before = chain[i - 1];
  if (before !== undefined) console.log(`\n${name} less ${before}: ${interval(gain(name, before))}`);
}
