/**
 * New items: one hundred films are taken out of everything (events and catalogue), models are trained on the rest, the films
 * are added to the runs, and every rating that they got in the time of the test split is asked for as a request.
 *
 *   npm run bench -- new-items --root DIR [--work DIR] [--seeds 3] [--films 100]
 *
 * `--root` is the folder that examples/movielens/encoded.yaml reads. The films are drawn among those with a poster, an overview
 * and at least 5 ratings in the test split; the drawing and the dates of the split are the same for every seed.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { userOf } from "../src/data/batch-layout.js";
import { loadIds } from "../src/data/index.js";
import { addItems, loadModel, openDataset, prepare, requestOfRow, train } from "../src/index.js";
import { denseGroups, evaluateScores, pairedBootstrap, summary, weightedAuc } from "../src/metrics/index.js";
import { RandomStream } from "../src/random.js";
import { readRunManifest } from "../src/training/index.js";

const { values: args } = parseArgs({
  options: {
    root: { type: "string" },
    work: { type: "string", default: "data/new-items" },
    seeds: { type: "string", default: "3" },
    films: { type: "string", default: "100" },
  },
});
const root = resolve(args.root ?? ".");
const work = resolve(args.work);
const CONFIG = "examples/movielens/encoded.yaml";
mkdirSync(work, { recursive: true });

interface Film {
  movieId: number;
  title: string;
  overview: string | null;
  poster: string | null;
}
const films = readFileSync(join(root, "items.jsonl"), "utf8")
  .trimEnd()
  .split("\n")
  .map((line): Film => JSON.parse(line));

const cache = join(work, "cache");
if (!existsSync(join(work, "whole", "manifest.json"))) await prepare(CONFIG, { root, out: join(work, "whole"), cache });
const whole = openDataset(join(work, "whole"));

/** Test rows by film. */
const rowsOf = new Map<string, number[]>();
const requests = (row: number) => requestOfRow(whole, { split: "test", row });
const itemIds = loadIds(whole.catalogue, "items");
whole.rows.test.item.forEach((item, row) => {
  rowsOf.set(itemIds[item]!, [...(rowsOf.get(itemIds[item]!) ?? []), row]);
});
const eligible = films.filter(
  ({ movieId, overview, poster }) => overview && poster && (rowsOf.get(String(movieId))?.length ?? 0) >= 5,
);
const order = Int32Array.from(eligible.keys());
new RandomStream(1, "new items").shuffle(order);
const held = [...order.subarray(0, Number(args.films))].map((at) => eligible[at]!);
const heldIds = new Set(held.map(({ movieId }) => String(movieId)));

const { valid, test } = (whole.manifest.summary as { splits: Record<string, { firstTime: number }> }).splits;
const without = [...heldIds].join(", ");
const yaml = readFileSync(CONFIG, "utf8")
  .replace(
    /from: ratings.csv/,
    `from: { sql: "SELECT * FROM read_csv('ratings.csv') WHERE movieId NOT IN (${without})" }`,
  )
  .replace(
    /from: items.jsonl/,
    `from: { sql: "SELECT * FROM read_json('items.jsonl') WHERE movieId NOT IN (${without})" }`,
  )
  .replace(/split: .*/, `split: { by: time, valid: ${valid!.firstTime}, test: ${test!.firstTime} }`);
writeFileSync(join(work, "rest.yaml"), yaml);
writeFileSync(join(work, "new.jsonl"), held.map((film) => `${JSON.stringify(film)}\n`).join(""));
const data = join(work, "rest");
if (!existsSync(join(data, "manifest.json"))) await prepare(join(work, "rest.yaml"), { root, out: data, cache });

const rows = [...heldIds].flatMap((id) => rowsOf.get(id)!).sort((a, b) => a - b);
const label = Uint8Array.from(rows, (row) => whole.rows.test.label[row]!);
const user = Int32Array.from(rows, (row) => userOf(whole.events, whole.rows.test.event[row]!));
/** Asked as at the time of the rating, of films that nobody has rated as far as the run knows. */
const asked = rows.map((row) => {
  const { statistics, ...request } = requests(row);
  return { ...request, ...(statistics?.user && { statistics: { user: statistics.user } }) };
});
console.log(
  `${held.length} films, ${rows.length} ratings by ${new Set(user).size} people, ${label.reduce((a, b) => a + b, 0)} liked`,
);

const LINES = [
  { name: "popularity", model: "popularity" },
  { name: "din (ids)", model: "din" },
  { name: "mmdin, films added", model: "mmdin" },
  // The same run, asked for an id that it does not know: what the person alone tells.
  { name: "mmdin, films unknown", model: "mmdin", candidate: "a film of which nothing is known" },
];
const seeds = Array.from({ length: Number(args.seeds) }, (_, i) => i + 1);
const logits = new Map<string, Float64Array[]>();
for (const { name, model, candidate } of LINES) {
  for (const seed of seeds) {
    const run = join(work, "runs", `${model}-${seed}`);
    const done = existsSync(join(run, "manifest.json")) && readRunManifest(run).state === "finished";
    if (!done) await train({ data, out: run, model, seed, threads: 1 });
    if (readRunManifest(run).itemsAdded === 0) await addItems({ run, items: join(work, "new.jsonl"), root, cache });
    const loaded = await loadModel(run);
    const found = new Float64Array(rows.length);
    for (const [k, request] of asked.entries()) {
      const [ranked] = await loaded.rank(candidate === undefined ? request : { ...request, candidates: [candidate] });
      found[k] = ranked!.logit;
    }
    await loaded.close();
    logits.set(name, [...(logits.get(name) ?? []), found]);
    process.stderr.write(`${name}, seed ${seed}\n`);
  }
}

const show = (values: (number | null)[]): string => {
  const known = values.filter((value) => value !== null);
  const { mean, std } = summary(known);
  return known.length === 0 ? "-" : `${(mean ?? 0).toFixed(4)} ± ${(std ?? 0).toFixed(4)}`;
};
console.log("\n| model | AUC | gAUC |\n|---|---|---|");
for (const { name } of LINES) {
  const metrics = logits.get(name)!.map((found) => evaluateScores({ logits: found, label, user, slices: {} }).metrics);
  console.log(`| ${name} | ${show(metrics.map((m) => m.auc))} | ${show(metrics.map((m) => m.gauc))} |`);
}
const people = denseGroups(user);
const mean = (name: string): Float64Array => {
  const list = logits.get(name)!;
  return Float64Array.from(list[0]!, (_, k) => list.reduce((sum, found) => sum + found[k]!, 0) / list.length);
};
const aucOf = (name: string) => weightedAuc(mean(name), { labels: label, groups: people });
for (const other of LINES.map(({ name }) => name).filter((name) => name !== "mmdin, films added")) {
  const { difference, interval, agreement } = pairedBootstrap(
    { first: aucOf("mmdin, films added"), second: aucOf(other) },
    { groups: people.count },
  );
  const ends = interval?.map((x) => x.toFixed(4)).join(", ");
  console.log(
    `\nAUC of the seeds' mean logit, mmdin with the films added less ${other}: ${difference?.toFixed(4)} [${ends}], ${((agreement ?? 0) * 100).toFixed(1)} % of resamples agree`,
  );
}
