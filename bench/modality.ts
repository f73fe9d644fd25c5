/**
 * What a modality knows of taste: how often a film that the same people like is nearer to a film than a random one, by
 * the vectors of its text or picture alone. Chance is .5.
 *
 *   npm run bench -- modality --root DIR [--work data/modality]     ml-latest-small with overviews, posters and two frozen vectors
 *   npm run bench -- modality --data DIR                            any prepared dataset
 *
 * Films: at least 10 events in the log, and a vector in every vector modality, so that all are judged on the same films.
 * Taste: co(i, j) people like both i and j (label 1: a rating of 4 and more); their cosine co / sqrt(n_i n_j) is
 * shrunk by co / (co + 10), since two films that one person likes prove little (Koren, Factorization meets the neighborhood, 2008). The 10
 * films of the largest value are a film's neighbours; a film that shares no liker has none and is left out.
 * AUC: for each film, the share of pairs (neighbour, film that is none) in which the neighbour has the larger cosine of
 * encoded vectors, ties half; then the mean over films. The interval is a bootstrap over films.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openDataset, prepare } from "../src/index.js";
import { denseGroups, pairedBootstrap, weightedMean } from "../src/metrics/index.js";

const LEAST_EVENTS = 10;
const NEIGHBOURS = 10;
const SHRINKAGE = 10;

const FILMS = `name: films
events: { from: ratings.csv, user: userId, item: movieId, time: timestamp, label: rating >= 4 }
items:
  from: items.jsonl
  id: movieId
  modalities:
    text: { kind: text, from: "title || '. ' || coalesce(overview, '')", encoder: lsa }
    overview_frozen: { kind: vector, from: vectors/overview_use_pca128 }
    poster: { kind: image, from: poster, encoder: pixels }
    poster_frozen: { kind: vector, from: vectors/poster_mobilenetv2_140_pca128 }
split: { by: time, train: 0.8, valid: 0.1, test: 0.1 }
`;

const { values: args } = parseArgs({
  options: { root: { type: "string" }, work: { type: "string", default: "data/modality" }, data: { type: "string" } },
});

/** Folder of the dataset that is measured, and what preparing it took, to stderr. */
async function dataset(): Promise<string> {
  if (args.data !== undefined) return args.data;
  if (args.root === undefined)
    throw new Error("--root DIR, the folder of the films, or --data DIR, a prepared dataset");
  mkdirSync(args.work, { recursive: true });
  const config = join(args.work, "dataset.yaml");
  writeFileSync(config, FILMS);
  const out = join(args.work, "films");
  const { encodings, seconds } = await prepare(config, { out, root: args.root, cache: join(args.work, "cache") });
  for (const [name, { encoded, cached, unreadable, seconds: spent }] of Object.entries(encodings)) {
    const broken = unreadable.reduce((sum, { items }) => sum + items, 0);
    const rate = encoded > 0 ? `, ${Math.round(encoded / spent)} a second` : "";
    process.stderr.write(`${name}: ${encoded} encoded, ${cached} from the cache, ${broken} unreadable${rate}\n`);
  }
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stderr.write(`prepared in ${seconds.toFixed(1)} s, at most ${memory} MB\n`);
  return out;
}

const { catalogue, events } = openDataset(await dataset());
const modalities = catalogue.modalities.filter((modality) => modality.kind === "vector");
const ratings = new Int32Array(catalogue.items.count);
for (let event = 0; event < events.count; event++) ratings[events.item[event]!]!++;
const items = [...ratings.keys()].filter(
  (item) => item > 0 && ratings[item]! >= LEAST_EVENTS && modalities.every(({ row }) => row[item]! >= 0),
);
const neighbours = neighboursInTaste();
process.stderr.write(
  `${items.length} of ${catalogue.items.count - 1} items have ${LEAST_EVENTS} events and every modality\n`,
);

/** For each of `items`, the places of those whose likers it shares most. */
function neighboursInTaste(): number[][] {
  const n = items.length;
  const place = new Map(items.map((item, i) => [item, i]));
  const together = new Int32Array(n * n);
  for (let user = 0; user + 1 < events.userStart.length; user++) {
    const liked: number[] = [];
    for (let event = events.userStart[user]!; event < events.userStart[user + 1]!; event++) {
      const i = place.get(events.item[event]!);
      if (i !== undefined && events.label[event] === 1) liked.push(i);
    }
    // A like said twice is one like.
    const distinct = [...new Set(liked)];
    for (const i of distinct) for (const j of distinct) together[i * n + j]!++;
  }
  return items.map((_, i) => {
    const likeness = Float64Array.from({ length: n }, (_, j) => {
      const both = together[i * n + j]!;
      if (i === j || both === 0) return 0;
      return (both / Math.sqrt(together[i * n + i]! * together[j * n + j]!)) * (both / (both + SHRINKAGE));
    });
    const shared = [...likeness.keys()].filter((j) => likeness[j]! > 0);
    return shared.sort((a, b) => likeness[b]! - likeness[a]! || a - b).slice(0, NEIGHBOURS);
  });
}

/** [items, dimension]: the vectors at length 1. */
function directions({ row, values, dimension }: (typeof modalities)[number]): Float64Array {
  const out = new Float64Array(items.length * dimension);
  items.forEach((item, i) => {
    const vector = values.subarray(row[item]! * dimension, (row[item]! + 1) * dimension);
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    if (length > 0) for (let k = 0; k < dimension; k++) out[i * dimension + k] = vector[k]! / length;
  });
  return out;
}

/** The AUC of each item that has neighbours. */
function aucOfItems(modality: (typeof modalities)[number]): Float64Array {
  const { dimension } = modality;
  const unit = directions(modality);
  const found: number[] = [];
  neighbours.forEach((near, i) => {
    if (near.length === 0) return;
    const cosines = Float64Array.from(items, (_, j) => {
      let sum = 0;
      for (let k = 0; k < dimension; k++) sum += unit[i * dimension + k]! * unit[j * dimension + k]!;
      return sum;
    });
    const isNear = new Set(near);
    let won = 0;
    for (const neighbour of near) {
      for (let j = 0; j < items.length; j++) {
        if (j === i || isNear.has(j)) continue;
        if (cosines[neighbour]! > cosines[j]!) won++;
        else if (cosines[neighbour] === cosines[j]) won += 0.5;
      }
    }
    found.push(won / (near.length * (items.length - 1 - near.length)));
  });
  return Float64Array.from(found);
}

console.log("| modality | encoder | items | dimension | AUC | 95 % interval |\n|---|---|---|---|---|---|");
for (const modality of modalities) {
  const values = aucOfItems(modality);
  const groups = denseGroups(Int32Array.from(values.keys()));
  const mean = weightedMean(values, { groups });
  // Against nothing: the interval of the mean itself.
  const { difference, interval } = pairedBootstrap({ first: mean, second: () => 0 }, { groups: groups.count });
  const encoder = modality.encoder ? `${modality.encoder.id} ${modality.encoder.version}` : "made elsewhere";
  const [low, high] = (interval ?? []).map((value) => value.toFixed(4));
  const columns = [
    modality.name,
    encoder,
    values.length,
    modality.dimension,
    difference?.toFixed(4),
    `${low} to ${high}`,
  ];
  console.log(`| ${columns.join(" | ")} |`);
}
