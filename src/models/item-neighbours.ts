import type { TrainingSlice } from "./model.js";

/** Of each person so many items are counted, the last ones: the work is that of all pairs of a person's items. */
export const MOST_ITEMS = 500;

/** Stands where an item has fewer neighbours than are kept; no index is equal to it. */
const NOBODY = -2;

export interface ItemNeighbours {
  /** [items, kept]: indices of each item's neighbours, the nearest first, -2 where there are fewer. */
  neighbours: Float32Array;
  /** [items, kept]: c_ij / (sqrt(n_i n_j) + shrink), 0 where there are fewer. */
  similarities: Float32Array;
}

/**
 * The nearest items of every item by people who have both: n_i people have a positive training row of item i, c_ij of both i
 * and j. Equally near items stand in the order of their indices. Rows 1 .. trained; the row of the unknown item has nobody.
 *
 * O(sum over people of n_u^2) additions, n_u at most 500: of a person's distinct items the last ones, in the order of the rows.
 */
export function itemNeighbours(slice: TrainingSlice, options: NeighbourOptions): ItemNeighbours {
  const { kept } = options;
  const size = slice.catalogue.items.trained + 1;
  const neighbours = new Float32Array(size * kept).fill(NOBODY);
  const similarities = new Float32Array(size * kept);
  eachItemsNeighbours(slice, options, (item, near) => {
    near.forEach(({ item: other, similarity }, k) => {
      neighbours[item * kept + k] = other;
      similarities[item * kept + k] = similarity;
    });
  });
  return { neighbours, similarities };
}

export interface NeighbourOptions {
  /** Neighbours of an item, at most. */
  kept: number;
  /** Added to the denominator. */
  shrink: number;
  /** Items of a person that are counted, the last ones; default 500. */
  most?: number;
}

/** As `itemNeighbours`, for items 1 .. trained one after the other: `visit` is called once for each. */
export function eachItemsNeighbours(
  { catalogue, item, user, label }: TrainingSlice,
  { kept, shrink, most = MOST_ITEMS }: NeighbourOptions,
  visit: (item: number, near: readonly { item: number; similarity: number }[]) => void,
): void {
  const size = catalogue.items.trained + 1;
  const owned = itemsOfPeople({ item, user, label, size, most });
  const people = transpose(owned, size);
  const have = (index: number): number => people.start[index + 1]! - people.start[index]!;
  const together = new Int32Array(size);
  const met = new Int32Array(size);
  for (let i = 1; i < size; i++) {
    let count = 0;
    for (let p = people.start[i]!; p < people.start[i + 1]!; p++) {
      const person = people.values[p]!;
      for (let q = owned.start[person]!; q < owned.start[person + 1]!; q++) {
        const j = owned.values[q]!;
        if (j === i) continue;
        if (together[j]! === 0) met[count++] = j;
        together[j]! += 1;
      }
    }
    const others = met.subarray(0, count);
    const near = Float64Array.from(others, (j) => together[j]! / (Math.sqrt(have(i) * have(j)) + shrink));
    visit(i, nearest(others, { similarities: near, kept }));
    for (const j of others) together[j] = 0;
  }
}

/** The `kept` items of the largest similarities, the largest first, equal ones in the order of their indices. */
function nearest(
  items: Int32Array,
  { similarities, kept }: { similarities: Float64Array; kept: number },
): { item: number; similarity: number }[] {
  const { length } = similarities;
  const least = length > kept ? similarities.slice().sort()[length - kept]! : Number.NEGATIVE_INFINITY;
  const near: { item: number; similarity: number }[] = [];
  for (let place = 0; place < length; place++) {
    const similarity = similarities[place]!;
    if (similarity >= least) near.push({ item: items[place]!, similarity });
  }
  return near.sort((a, b) => b.similarity - a.similarity || a.item - b.item).slice(0, kept);
}

/** Lists side by side: list i is values[start[i] .. start[i + 1]). */
interface Lists {
  start: Int32Array;
  values: Int32Array;
}

/** The distinct items of each person's positive rows, the last `most` of them. */
function itemsOfPeople({
  item,
  user,
  label,
  size,
  most,
}: Pick<TrainingSlice, "item" | "user" | "label"> & { size: number; most: number }): Lists {
  const people = user.reduce((most, index) => Math.max(most, index), -1) + 1;
  const rows = grouped(user, {
    groups: people,
    keep: (row) => label[row] === 1 && item[row]! > 0 && item[row]! < size,
  });
  const start = new Int32Array(people + 1);
  const values = new Int32Array(rows.values.length);
  const seenBy = new Int32Array(size).fill(-1);
  let filled = 0;
  for (let person = 0; person < people; person++) {
    for (let p = rows.start[person + 1]! - 1; p >= rows.start[person]! && filled - start[person]! < most; p--) {
      const index = item[rows.values[p]!]!;
      if (seenBy[index] === person) continue;
      seenBy[index] = person;
      values[filled++] = index;
    }
    start[person + 1] = filled;
  }
  return { start, values: values.subarray(0, filled) };
}

/** Which lists hold each value. */
function transpose({ start, values }: Lists, size: number): Lists {
  const holder = new Int32Array(values.length);
  for (let list = 0; list + 1 < start.length; list++) holder.fill(list, start[list]!, start[list + 1]!);
  const places = grouped(values, { groups: size, keep: () => true });
  return { start: places.start, values: places.values.map((place) => holder[place]!) };
}

/** The places of each group, in their order: a counting sort. */
function grouped(groupOf: Int32Array, { groups, keep }: { groups: number; keep: (place: number) => boolean }): Lists {
  const start = new Int32Array(groups + 1);
  for (let place = 0; place < groupOf.length; place++) if (keep(place)) start[groupOf[place]! + 1]! += 1;
  for (let group = 0; group < groups; group++) start[group + 1]! += start[group]!;
  const next = start.slice(0, groups);
  const values = new Int32Array(start[groups]!);
  for (let place = 0; place < groupOf.length; place++) if (keep(place)) values[next[groupOf[place]!]!++] = place;
  return { start, values };
}
