import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nearest } from "../config/nearest.js";
import { readItemTexts } from "../data/catalogue-file.js";
import { CATALOGUE_FOLDER, DATASET_MANIFEST } from "../data/dataset-file.js";
import { type Catalogue, IdIndex, type ModalityColumn, openCatalogue, readDatasetManifest } from "../data/index.js";
import { fileProblem, MmdinError } from "../errors.js";
import { nearestVectors } from "../modality/nearest-vectors.js";
import { RUN_FORMAT, readRunManifest } from "../training/run-folder.js";

export interface NeighboursOptions {
  /** A prepared dataset, or a run. */
  data: string;
  /** A text, an image or a vector of dataset.yaml. */
  modality: string;
  item: string;
  /** How many at most. Default 12. */
  count?: number | undefined;
}

/** An item as people know it. */
export interface ShownItem {
  item: string;
  /** "" where the dataset has none. */
  title: string;
  /** Path of its picture below the root; "" where it has none. */
  picture: string;
}

export interface Neighbour extends ShownItem {
  /** Cosine, in [-1, 1]. */
  similarity: number;
}

export interface Neighbours extends ShownItem {
  modality: string;
  /** Length of a vector. */
  dimension: number;
  /** Who made the vectors; null where they were given. */
  encoder: string | null;
  /** Number of items that it was compared with: all others that have the modality. */
  compared: number;
  /** Name of the dataset. */
  dataset: string;
  /** The folder that the dataset was prepared from. */
  root: string;
  /** Nearest first; those of equal similarity in the order of their ids. */
  neighbours: Neighbour[];
}

type VectorColumn = Extract<ModalityColumn, { kind: "vector" }>;

/**
 * The items whose vectors of a modality stand nearest to those of an item: what the modality takes for alike.
 *
 * similarity = cosine of the two vectors; every item that has the modality is compared, none approximately.
 *
 * @throws MmdinError CONFIG where there is no such modality or it has no vectors, DATA where there is no such item or it
 *   lacks the modality, FORMAT where the folder is neither a dataset nor a run.
 * @example
 * const { title, neighbours } = neighbours({ data: "data/films", modality: "poster", item: "1" });
 */
export function neighbours({ data, modality, item, count = 12 }: NeighboursOptions): Neighbours {
  if (!Number.isSafeInteger(count) || count < 1) {
    const expected = "a whole number of at least 1";
    throw new MmdinError("CONFIG", "not a number of neighbours", { where: "count", expected, got: String(count) });
  }
  const { name, root, folder } = sourceOf(data);
  const catalogue = openCatalogue(join(data, folder));
  const column = vectorColumn(catalogue, { modality, where: data });
  const items = IdIndex.of(catalogue, "items");
  const { titles, pictures } = readItemTexts(catalogue);
  const index = items.indexOf(item);
  if (index === 0) throw unknownItem(item, { ids: items.ids, titles, where: data });
  const { row, values, dimension, encoder } = column;
  const query = row[index]!;
  if (query < 0) throw lacks(item, { column, ids: items.ids, where: data });
  if (values.subarray(query * dimension, (query + 1) * dimension).every((value) => value === 0)) {
    throw new MmdinError("DATA", `the ${modality} of item ${JSON.stringify(item)} is a vector of zeros`, {
      where: data,
      fix: "Nothing is nearer to it than anything else: leave it out, and it counts as missing.",
    });
  }
  const itemOf = new Int32Array(values.length / dimension);
  for (let i = 1; i < row.length; i++) if (row[i]! >= 0) itemOf[row[i]!] = i;
  const shown = (i: number): ShownItem => ({ item: items.ids[i]!, title: titles[i]!, picture: pictures[i]! });
  const idOf = (of: number): string => items.ids[itemOf[of]!]!;
  const order = (a: number, b: number): number => (idOf(a) < idOf(b) ? -1 : 1);
  const near = nearestVectors(values, { dimension, query, count, order });
  return {
    modality,
    dimension,
    encoder: encoder?.id ?? null,
    compared: itemOf.length - 1,
    dataset: name,
    root,
    ...shown(index),
    neighbours: near.map(({ row, similarity }) => ({ ...shown(itemOf[row]!), similarity })),
  };
}

/** What the folder's manifest says of the dataset, and the folder in it that holds the catalogue. */
function sourceOf(data: string): { name: string; root: string; folder: string } {
  const path = join(data, DATASET_MANIFEST); // a run's has the same name
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new MmdinError("FORMAT", "neither a prepared dataset nor a run", {
      where: path,
      got: fileProblem(cause),
      fix: "Give a folder that `mmdin prepare` or `mmdin train` wrote",
      cause,
    });
  }
  // Every manifest begins with its format; what is neither is refused by the reader of datasets.
  const isRun = new RegExp(`^\\s*\\{\\s*"format":\\s*"${RUN_FORMAT}"`).test(text);
  if (!isRun) return { ...readDatasetManifest(data), folder: CATALOGUE_FOLDER };
  const { dataset, catalogue } = readRunManifest(data);
  return { ...dataset, folder: catalogue };
}

function vectorColumn(
  { modalities }: Catalogue,
  { modality, where }: { modality: string; where: string },
): VectorColumn {
  const column = modalities.find(({ name }) => name === modality);
  if (column?.kind === "vector") return column;
  const names = modalities.filter(({ kind }) => kind === "vector").map(({ name }) => name);
  const expected = names.length > 0 ? `one of ${names.join(", ")}` : "a text, an image or a vector in dataset.yaml";
  if (column) {
    const problem = `the modality ${JSON.stringify(modality)} has no vectors`;
    throw new MmdinError("CONFIG", problem, { where, expected, got: `a ${column.kind}` });
  }
  const near = nearest(modality, names);
  throw new MmdinError("CONFIG", `unknown modality ${JSON.stringify(modality)}`, {
    where,
    expected,
    ...(near !== undefined && { fix: `Did you mean ${JSON.stringify(near)}?` }),
  });
}

/** A title is taken for a title, and answered with the item's id. */
function unknownItem(
  item: string,
  { ids, titles, where }: { ids: readonly string[]; titles: readonly string[]; where: string },
): MmdinError {
  const titled = titles.findIndex((title, index) => index > 0 && title.toLowerCase() === item.trim().toLowerCase());
  const near = titled > 0 ? ids[titled] : nearest(item, ids.slice(1));
  const named = titled > 0 ? ` (${titles[titled]})` : "";
  const fix =
    near === undefined ? "Give an id as it stands in the events" : `Did you mean ${JSON.stringify(near)}${named}?`;
  return new MmdinError("DATA", `unknown item ${JSON.stringify(item)}`, { where, fix });
}

function lacks(
  item: string,
  { column, ids, where }: { column: VectorColumn; ids: readonly string[]; where: string },
): MmdinError {
  const { name, row } = column;
  const having = [...row.keys()].filter((index) => row[index]! >= 0);
  const some = having.slice(0, 3).map((index) => JSON.stringify(ids[index]));
  const fix = some.length > 0 ? `Choose one that has it, such as ${some.join(", ")}` : "No item has one";
  return new MmdinError("DATA", `item ${JSON.stringify(item)} has no ${name}`, {
    where,
    expected: `one of the ${having.length} of ${row.length - 1} items that have it`,
    fix,
  });
}
