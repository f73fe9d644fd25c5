import { join } from "node:path";
import { type Dataset, openDataset, readDatasetManifest } from "../data/index.js";
import { readSafetensors, type Tensor, writeSafetensors } from "../data/safetensors.js";
import { type TrainingEntries, trainingEntries } from "../data/training-entries.js";
import { MmdinError } from "../errors.js";
import { eachItemsNeighbours, MOST_ITEMS } from "../models/item-neighbours.js";
import type { RunManifest } from "./run-folder.js";

/** Who likes what together: the neighbours of item i are items[start[i] .. start[i + 1]), nearest first. */
export interface CoVisits {
  start: Int32Array; // [trained + 2]
  items: Int32Array;
  /** c_ij / (sqrt(n_i n_j) + shrink), see `itemNeighbours`. */
  similarities: Float32Array;
}

/** What counting finds in a log, for whoever looks for candidates. */
export interface CandidateTables {
  coVisits: CoVisits;
  /** Null where the log has an order and no clock. */
  popularity: Popularity | null;
}

/** [items]: sum over the positive events of an item of exp(-(lastTime - time) / timeConstant). */
export interface Popularity {
  positives: Float64Array;
  /** In seconds; infinite where all events are of one time. */
  timeConstant: number;
}

const FORMAT = { name: "mmdin-candidates", version: 1 };
export const CANDIDATES_FILE = "candidates.safetensors";

/** Neighbours kept of an item, and what is added to the denominator of their cosine. */
const KEPT = 100;
const SHRINK = 10;
/** Pairs of a person's items that are counted, over all people: some seconds of work. */
export const MOST_PAIRS = 5e8;
/** The time constant of popularity, as a share of the time that the log spans. */
const SHARE_OF_SPAN = 0.2;

/**
 * Counts co-visits over the training slice, and popularity over every event of the log, as the running counters of a server do.
 *
 * The work on co-visits is bounded: of each person the last 500 items count, or fewer, so many that all pairs are at most 5e8.
 */
export function countCandidateTables(dataset: Pick<Dataset, "catalogue" | "events" | "rows">): CandidateTables {
  return { coVisits: countCoVisits(dataset), popularity: countPopularity(dataset) };
}

function countCoVisits(dataset: Pick<Dataset, "catalogue" | "events" | "rows">): CoVisits {
  const { catalogue } = dataset;
  const entries = trainingEntries(dataset);
  const start = new Int32Array(catalogue.items.trained + 2);
  const items: number[] = [];
  const similarities: number[] = [];
  eachItemsNeighbours(
    { catalogue, ...entries },
    { kept: KEPT, shrink: SHRINK, most: itemsOfPerson(entries, MOST_PAIRS) },
    (item, near) => {
      for (const { item: other, similarity } of near) {
        items.push(other);
        similarities.push(similarity);
      }
      start[item + 1] = items.length;
    },
  );
  return { start, items: Int32Array.from(items), similarities: Float32Array.from(similarities) };
}

/** The most items of each person, up to 500, whose pairs are at most `pairs` over all people. */
export function itemsOfPerson({ user, label }: Pick<TrainingEntries, "user" | "label">, pairs: number): number {
  const liked = new Int32Array(user.reduce((most, index) => Math.max(most, index), -1) + 1);
  for (let row = 0; row < user.length; row++) liked[user[row]!]! += label[row]!;
  /** people[n]: who has n items and more. Going from n - 1 to n items of each of them adds 2n - 1 pairs. */
  const people = new Int32Array(MOST_ITEMS + 2);
  for (const n of liked) people[Math.min(n, MOST_ITEMS)]! += 1;
  for (let n = MOST_ITEMS - 1; n > 0; n--) people[n]! += people[n + 1]!;
  let counted = 0;
  for (let n = 1; n <= MOST_ITEMS; n++) {
    counted += people[n]! * (2 * n - 1);
    if (counted > pairs) return Math.max(1, n - 1);
  }
  return MOST_ITEMS;
}

function countPopularity({ catalogue, events }: Pick<Dataset, "catalogue" | "events">): Popularity | null {
  if (catalogue.history.clock === "order") return null;
  const { count, time, item, label } = events;
  const first = time.reduce((least, t) => Math.min(least, t), catalogue.lastTime);
  const span = catalogue.lastTime - first;
  const timeConstant = span > 0 ? SHARE_OF_SPAN * span : Number.POSITIVE_INFINITY;
  const positives = new Float64Array(catalogue.items.count);
  for (let event = 0; event < count; event++) {
    if (label[event] === 1) positives[item[event]!]! += Math.exp((time[event]! - catalogue.lastTime) / timeConstant);
  }
  return { positives, timeConstant };
}

/** Writes the tables into a run folder, whole or not at all. */
export function writeCandidateTables(folder: string, { coVisits, popularity }: CandidateTables): void {
  const tensor = (data: Tensor["data"]): Tensor => ({ shape: [data.length], data });
  const tensors = new Map([
    ["coVisits.start", tensor(coVisits.start)],
    ["coVisits.items", tensor(coVisits.items)],
    ["coVisits.similarities", tensor(coVisits.similarities)],
  ]);
  if (popularity !== null) {
    tensors.set("popularity.positives", tensor(popularity.positives));
    tensors.set("popularity.timeConstant", tensor(Float64Array.of(popularity.timeConstant)));
  }
  writeSafetensors(join(folder, CANDIDATES_FILE), tensors, { format: FORMAT });
}

/**
 * The tables of a run: those that it holds; for a run of before they were written, counted from its dataset, where that is at hand.
 *
 * @returns `tables` null where there are none, and `problem` why.
 * @throws MmdinError FORMAT where the file that the manifest names is missing or damaged.
 */
export function openCandidateTables(
  run: string,
  manifest: RunManifest,
): { tables: CandidateTables; problem: null } | { tables: null; problem: string } {
  if (manifest.candidates !== undefined) return { tables: readTables(join(run, manifest.candidates)), problem: null };
  const { directory, hash } = manifest.dataset;
  try {
    const found = readDatasetManifest(directory);
    if (found.hash !== hash) return { tables: null, problem: `the dataset in ${directory} is not that of the run` };
    return { tables: countCandidateTables(openDataset(directory)), problem: null };
  } catch (error) {
    if (!(error instanceof MmdinError)) throw error;
    return { tables: null, problem: error.message };
  }
}

function readTables(path: string): CandidateTables {
  const { tensors } = readSafetensors(path, { format: FORMAT });
  const read = <T extends Tensor["data"]>(name: string, type: new (length: number) => T): T => {
    const data = tensors.get(name)?.data;
    if (data instanceof type) return data;
    throw new MmdinError("FORMAT", `the file is damaged: it has no ${name}`, {
      where: path,
      expected: type.name,
      got: data === undefined ? "none" : data.constructor.name,
      fix: "Train the run again",
    });
  };
  const coVisits = {
    start: read("coVisits.start", Int32Array),
    items: read("coVisits.items", Int32Array),
    similarities: read("coVisits.similarities", Float32Array),
  };
  if (!tensors.has("popularity.positives")) return { coVisits, popularity: null };
  const positives = read("popularity.positives", Float64Array);
  return { coVisits, popularity: { positives, timeConstant: read("popularity.timeConstant", Float64Array)[0]! } };
}
