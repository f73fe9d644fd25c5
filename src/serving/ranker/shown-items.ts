import type { CatalogueItem, FindItems, FoundItems } from "../../api/contract.js";
import { type Catalogue, FIRST_VALUE_CODE, UNKNOWN_INDEX } from "../../data/columns.js";
import { nearestVectors } from "../../modality/nearest-vectors.js";
import { wrong } from "./check-question.js";

/** What is shown of items: by index, the unknown one at 0. */
export interface ShownParts {
  catalogue: Catalogue;
  ids: readonly string[];
  titles: readonly string[];
  pictures: readonly string[];
  /** Items that the run has itself; those behind them were put. */
  own: number;
}

const LIMIT = 50;
const MOST = 200;

/** An item as people and filters see it, with the counters of the log alone. */
export function shownItem(index: number, { catalogue, ids, titles, pictures, own }: ShownParts): CatalogueItem {
  const categories: CatalogueItem["categories"] = {};
  const numbers: CatalogueItem["numbers"] = {};
  for (const column of catalogue.modalities) {
    if (column.kind === "number") {
      const value = column.values[index]!;
      numbers[column.name] = Number.isNaN(value) ? null : value;
    } else if (column.kind === "category") {
      const codes = column.codes.subarray(column.offsets[index]!, column.offsets[index + 1]!);
      // A value that training has not seen has no name here.
      categories[column.name] = Array.from(codes, (code) => column.vocabulary[code - FIRST_VALUE_CODE]).filter(
        (value) => value !== undefined,
      );
    }
  }
  const { count, positives } = catalogue.itemCounters;
  return {
    id: ids[index]!,
    title: titles[index] || null,
    picture: pictures[index] !== "",
    origin: index <= catalogue.items.trained ? "trained" : index <= own ? "catalogue" : "added",
    categories,
    numbers,
    counters: { count: count[index]!, positives: positives[index]! },
  };
}

/** Letters as a search compares them: any case, without accents. */
export const searchText = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Finds items: indices of one page, and how many there are. @param options.titles as `searchText` makes them. */
export function findItems(
  { search = "", offset = 0, limit = LIMIT }: FindItems,
  {
    eventsOf,
    ids,
    titles,
    allows,
  }: {
    eventsOf: (item: number) => number;
    ids: readonly string[];
    titles: readonly string[];
    allows: (item: number) => boolean;
  },
): { items: number[]; total: FoundItems["total"] } {
  for (const [name, value, least, most] of [
    ["offset", offset, 0, Number.MAX_SAFE_INTEGER],
    ["limit", limit, 1, MOST],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least || value > most)
      throw wrong(name, { expected: `a whole number from ${least} to ${most}`, got: String(value) });
  }
  const wanted = searchText(search.trim());
  const found: { index: number; begins: boolean }[] = [];
  for (let index = UNKNOWN_INDEX + 1; index < ids.length; index++) {
    if (!allows(index)) continue;
    const title = titles[index]!;
    if (wanted !== "" && !title.includes(wanted) && !searchText(ids[index]!).includes(wanted)) continue;
    found.push({ index, begins: wanted !== "" && title.startsWith(wanted) });
  }
  found.sort(
    (a, b) => Number(b.begins) - Number(a.begins) || eventsOf(b.index) - eventsOf(a.index) || a.index - b.index,
  );
  return { items: found.slice(offset, offset + limit).map(({ index }) => index), total: found.length };
}

/** Items by the cosine of one modality's vectors to those of an item, nearest first. */
export function nearestItems(
  index: number,
  { catalogue, modality, k = 12 }: { catalogue: Catalogue; modality: string; k?: number | undefined },
): { item: number; cosine: number }[] {
  if (!Number.isSafeInteger(k) || k < 1 || k > MOST)
    throw wrong("k", { expected: `a whole number from 1 to ${MOST}`, got: String(k) });
  const column = catalogue.modalities.find(({ name }) => name === modality);
  if (column?.kind !== "vector") {
    const names = catalogue.modalities.filter(({ kind }) => kind === "vector").map(({ name }) => name);
    const expected =
      names.length > 0 ? `one of ${names.join(", ")}` : "a modality with vectors, which this run has not";
    throw wrong("modality", { expected, got: JSON.stringify(modality) });
  }
  const { row, values, dimension } = column;
  const query = row[index]!;
  if (query < 0) return [];
  const itemOf = new Int32Array(values.length / dimension);
  let having = 0;
  row.forEach((at, item) => {
    if (at < 0) return;
    itemOf[at] = item;
    having += 1;
  });
  // Rows that no item has are vectors that were replaced.
  const count = k + (itemOf.length - having);
  return nearestVectors(values, { dimension, query, count })
    .map((near) => ({ item: itemOf[near.row]!, cosine: near.similarity }))
    .filter(({ item }) => item !== UNKNOWN_INDEX)
    .slice(0, k);
}
