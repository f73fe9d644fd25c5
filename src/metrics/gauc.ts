import { auc } from "./auc.js";
import { type GroupedRows, groupRows } from "./group-rows.js";
import { checkLengths, checkNumbers, type Scores } from "./order.js";

/** A group is sorted where that is faster than comparing its pairs: a sort costs as much as this many pairs, and these for each row. */
const PAIRS_OF_A_SORT = 1 << 14;
const PAIRS_OF_A_ROW = 24;

/** What a group weighs: its rows, its positives, or one. */
export type GaucWeighting = "impressions" | "clicks" | "uniform";
export const GAUC_WEIGHTINGS: readonly GaucWeighting[] = ["impressions", "clicks", "uniform"];

export interface GaucOptions {
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
  { labels, groups, weighting = "impressions" }: GaucOptions & { labels: Uint8Array; groups: Int32Array },
): Gauc {
  const each = groupAucs(scores, { labels, groups });
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

/** The AUC of every group: rows by (group, label), then the pairs of each group. O(B + groups) and the pairs of small groups. */
export function groupAucs(scores: Scores, { labels, groups }: { labels: Uint8Array; groups: Int32Array }): GroupAucs {
  checkLengths("gauc", { scores, labels, groups });
  const grouped = groupRows(scores, { labels, groups });
  checkNumbers(scores);
  const { ends } = grouped;
  const count = ends.length / 2;
  const each = { rows: new Int32Array(count), positives: new Int32Array(count), auc: new Float64Array(count) };
  for (let group = 0, start = 0; group < count; group++) {
    const end = ends[2 * group + 1]!;
    each.rows[group] = end - start;
    each.positives[group] = end - ends[2 * group]!;
    each.auc[group] = groupAuc(grouped, group);
    start = end;
  }
  return each;
}

/** NaN where the group has one class only. */
function groupAuc({ scores, ends }: GroupedRows, group: number): number {
  const start = group === 0 ? 0 : ends[2 * group - 1]!;
  const middle = ends[2 * group]!;
  const end = ends[2 * group + 1]!;
  const pairs = (middle - start) * (end - middle);
  if (pairs === 0) return Number.NaN;
  if (pairs > PAIRS_OF_A_SORT + PAIRS_OF_A_ROW * (end - start)) {
    return auc(scores.subarray(start, end), new Uint8Array(end - start).fill(1, middle - start))!;
  }
  let doubled = 0;
  for (let p = middle; p < end; p++) {
    const positive = scores[p]!;
    for (let n = start; n < middle; n++) {
      const negative = scores[n]!;
      doubled += (+(positive > negative) + +(positive >= negative)) | 0; // no branch: it would be guessed wrong
    }
  }
  return doubled / (2 * pairs);
}
