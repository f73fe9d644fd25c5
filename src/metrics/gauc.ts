import { MmdinError } from "../errors.js";
import { checkLengths, gather, type Scores, type SortedOption, sortByScore } from "./order.js";

/** What a group weighs: its rows, its positives, or one. */
export type GaucWeighting = "impressions" | "clicks" | "uniform";
export const GAUC_WEIGHTINGS: readonly GaucWeighting[] = ["impressions", "clicks", "uniform"];

export interface GaucOptions extends SortedOption {
  /** Default "impressions", as in the DIN paper. */
  weighting?: GaucWeighting;
}

export interface Gauc {
  /** null where no group has both classes. */
  value: number | null;
  weighting: GaucWeighting;
  /** Groups with both classes. */
  groups: number;
  /** Groups with rows of one class only: they rank nothing, and are left out. */
  skipped: number;
}

export interface GroupAucs {
  /** [groups] rows and positives of each group id. */
  rows: Int32Array;
  positives: Int32Array;
  /** [groups] AUC within the group; NaN where it has one class or no rows. */
  auc: Float64Array;
}

/**
 * Grouped AUC: the AUC within each group (a user), averaged.
 *
 * gAUC = sum_g weight_g AUC_g / sum_g weight_g, over groups with both classes
 *
 * @param scores [B]
 * @param options.labels [B], 1 or 0
 * @param options.groups [B], group ids from 0; an array of the size of the largest one is allocated
 * @throws MmdinError DATA on a NaN score or a negative group id, SHAPE on columns of different lengths.
 * Source: Zhou et al., "Deep Interest Network for Click-Through Rate Prediction", 2018, section 6.2,
 * https://arxiv.org/abs/1706.06978 (weighting by impressions).
 */
export function gauc(
  scores: Scores,
  {
    labels,
    groups,
    weighting = "impressions",
    sorted = false,
  }: GaucOptions & { labels: Uint8Array; groups: Int32Array },
): Gauc {
  const each = groupAucs(scores, { labels, groups, sorted });
  let weighted = 0;
  let total = 0;
  let counted = 0;
  let skipped = 0;
  for (let group = 0; group < each.auc.length; group++) {
    if (each.rows[group] === 0) continue;
    const value = each.auc[group]!;
    if (Number.isNaN(value)) {
      skipped++;
      continue;
    }
    const weight = groupWeight(each, group, weighting);
    weighted += weight * value;
    total += weight;
    counted++;
  }
  return { value: counted === 0 ? null : weighted / total, weighting, groups: counted, skipped };
}

/** Weight of one group under a weighting. */
export function groupWeight({ rows, positives }: GroupAucs, group: number, weighting: GaucWeighting): number {
  if (weighting === "impressions") return rows[group]!;
  return weighting === "clicks" ? positives[group]! : 1;
}

/** The AUC of every group: one sort by score, then a stable counting sort by group, O(B + groups). */
export function groupAucs(
  scores: Scores,
  { labels, groups, sorted = false }: SortedOption & { labels: Uint8Array; groups: Int32Array },
): GroupAucs {
  checkLengths("gauc", { scores, labels, groups });
  const count = groupCount(groups);
  if (!sorted) {
    const { scores: sortedScores, order } = sortByScore(scores);
    return aucsOfSorted(sortedScores, { labels: gather(labels, order), groups: gather(groups, order), count });
  }
  return aucsOfSorted(scores, { labels, groups, count });
}

function aucsOfSorted(
  scores: Scores,
  { labels, groups, count }: { labels: Uint8Array; groups: Int32Array; count: number },
): GroupAucs {
  const n = scores.length;
  const ends = new Int32Array(count);
  for (let i = 0; i < n; i++) ends[groups[i]!]!++;
  const rows = ends.slice();
  for (let group = 0, start = 0; group < count; group++) {
    const size = ends[group]!;
    ends[group] = start; // moves to the group's end below
    start += size;
  }
  // Of each row only its place among the distinct scores and its label are kept, group by group.
  const packed = new Int32Array(n);
  let level = 0;
  for (let i = 0; i < n; i++) {
    if (i > 0 && scores[i] !== scores[i - 1]) level++;
    packed[ends[groups[i]!]!++] = (level << 1) | labels[i]!;
  }
  const positives = new Int32Array(count);
  const auc = new Float64Array(count);
  for (let group = 0; group < count; group++) {
    const end = ends[group]!;
    let doubled = 0;
    let above = 0;
    let below = 0;
    let at = end - rows[group]!;
    while (at < end) {
      const tied = packed[at]! >> 1;
      let tiedPositives = 0;
      const start = at;
      for (; at < end && packed[at]! >> 1 === tied; at++) tiedPositives += packed[at]! & 1;
      const tiedNegatives = at - start - tiedPositives;
      doubled += tiedPositives * (2 * below + tiedNegatives);
      above += tiedPositives;
      below += tiedNegatives;
    }
    positives[group] = above;
    auc[group] = above === 0 || below === 0 ? Number.NaN : doubled / (2 * above * below);
  }
  return { rows, positives, auc };
}

function groupCount(groups: Int32Array): number {
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
  return largest + 1;
}
