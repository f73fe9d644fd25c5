import { MmdinError } from "../errors.js";
import { type Scores, startsOf } from "./order.js";

/** From this many rows on, places picked by group are too far apart for a core's cache. */
const MANY_ROWS = 1 << 18;
const PART_BITS = 6;

export interface GroupedRows {
  /** [B] group after group, the negatives of each before its positives. */
  scores: Scores;
  /** [2 * groups] where the negatives of a group end, and where its positives do. */
  ends: Int32Array;
}

interface Rows {
  labels: Uint8Array;
  groups: Int32Array;
}

/**
 * A counting sort of scores by (group, label), stable, O(B + groups).
 *
 * Many rows are first put into 64 parts of neighbouring groups, so that the sort itself works in one small region after the other: the
 * pass more costs less than the cache misses that it saves.
 *
 * @param scores [B]
 * @param rows.labels [B], 1 or 0
 * @param rows.groups [B], ids from 0; an array of the size of the largest one is allocated
 * @throws MmdinError DATA on a negative group id.
 */
export function groupRows(scores: Scores, rows: Rows): GroupedRows {
  const largest = largestGroup(rows.groups);
  const near = scores.length < MANY_ROWS ? { scores, cells: cellsOf(rows) } : putIntoParts(scores, rows, largest);
  const { cells, scores: values } = near;
  const ends = new Int32Array(2 * (largest + 1));
  for (let i = 0; i < cells.length; i++) ends[cells[i]!]!++;
  startsOf(ends);
  const grouped = emptyLike(scores);
  for (let i = 0; i < cells.length; i++) grouped[ends[cells[i]!]!++] = values[i]!;
  return { scores: grouped, ends };
}

/** Rows that wait for the sort. */
interface Waiting {
  scores: Scores;
  /** [B] 2 * group + label. */
  cells: Uint32Array;
}

function cellsOf({ labels, groups }: Rows): Uint32Array {
  const cells = new Uint32Array(groups.length);
  for (let i = 0; i < cells.length; i++) cells[i] = 2 * groups[i]! + labels[i]!;
  return cells;
}

function putIntoParts(scores: Scores, { labels, groups }: Rows, largest: number): Waiting {
  const shift = Math.max(0, 32 - Math.clz32(largest) - PART_BITS);
  const ends = new Int32Array(1 << PART_BITS);
  for (let i = 0; i < groups.length; i++) ends[groups[i]! >> shift]!++;
  startsOf(ends);
  const parts: Waiting = { scores: emptyLike(scores), cells: new Uint32Array(scores.length) };
  const { scores: values, cells } = parts;
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i]!;
    const at = ends[group >> shift]!++;
    values[at] = scores[i]!;
    cells[at] = 2 * group + labels[i]!;
  }
  return parts;
}

function emptyLike(scores: Scores): Scores {
  return scores instanceof Float32Array ? new Float32Array(scores.length) : new Float64Array(scores.length);
}

function largestGroup(groups: Int32Array): number {
  let largest = -1;
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i]!;
    if (group < 0) {
      throw new MmdinError("DATA", "a group id is negative", {
        where: `row ${i}`,
        expected: "0 or more",
        got: `${group}`,
      });
    }
    if (group > largest) largest = group;
  }
  return largest;
}
