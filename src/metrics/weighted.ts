import { type GaucWeighting, groupAucs, groupWeight } from "./gauc.js";
import { checkLengths, gather, type Scores, sortByScore } from "./order.js";

/** A metric as a function of how often each group was drawn: weights [groups], null where undefined. */
export type WeightedMetric = (weights: Int32Array) => number | null;

/** Groups renumbered from 0, so that every number has rows. */
export interface DenseGroups {
  /** [B] */
  ids: Int32Array;
  count: number;
}

/** Renumbers group ids in the order of their first rows. */
export function denseGroups(groups: Int32Array): DenseGroups {
  const numbers = new Map<number, number>();
  const ids = new Int32Array(groups.length);
  for (let i = 0; i < ids.length; i++) {
    const group = groups[i]!;
    let id = numbers.get(group);
    if (id === undefined) {
      id = numbers.size;
      numbers.set(group, id);
    }
    ids[i] = id;
  }
  return { ids, count: numbers.size };
}

/** AUC over all rows, each row counted as often as its group was drawn. Sorts once; a call is one scan. */
export function weightedAuc(
  scores: Scores,
  { labels, groups }: { labels: Uint8Array; groups: DenseGroups },
): WeightedMetric {
  checkLengths("weightedAuc", { scores, labels, groups: groups.ids });
  const { scores: sorted, order } = sortByScore(scores);
  const n = order.length;
  const group = gather(groups.ids, order);
  const flags = gather(labels, order); // bit 0: positive; bit 1: the last of its equal scores
  for (let i = 0; i < n; i++) if (i + 1 === n || sorted[i + 1] !== sorted[i]) flags[i]! |= 2;
  return (weights) => {
    let doubled = 0;
    let positives = 0;
    let negatives = 0;
    let tiedPositives = 0;
    let tiedNegatives = 0;
    for (let i = 0; i < n; i++) {
      const weight = weights[group[i]!]!;
      const flag = flags[i]!;
      if ((flag & 1) === 1) tiedPositives += weight;
      else tiedNegatives += weight;
      if (flag < 2) continue;
      doubled += tiedPositives * (2 * negatives + tiedNegatives);
      positives += tiedPositives;
      negatives += tiedNegatives;
      tiedPositives = 0;
      tiedNegatives = 0;
    }
    return positives === 0 || negatives === 0 ? null : doubled / (2 * positives * negatives);
  };
}

/** gAUC, each group counted as often as it was drawn. The AUC of each group is found once; a call is O(groups). */
export function weightedGauc(
  scores: Scores,
  { labels, groups, weighting = "impressions" }: { labels: Uint8Array; groups: DenseGroups; weighting?: GaucWeighting },
): WeightedMetric {
  const each = groupAucs(scores, { labels, groups: groups.ids });
  return (weights) => {
    let weighted = 0;
    let total = 0;
    for (let group = 0; group < each.auc.length; group++) {
      const value = each.auc[group]!;
      if (Number.isNaN(value)) continue;
      const weight = weights[group]! * groupWeight(each, group, weighting);
      weighted += weight * value;
      total += weight;
    }
    return total === 0 ? null : weighted / total;
  };
}

/** Mean of a value a row (a loss, a hit), each row counted as often as its group was drawn. A call is O(groups). */
export function weightedMean(values: Scores, { groups }: { groups: DenseGroups }): WeightedMetric {
  checkLengths("weightedMean", { values, groups: groups.ids });
  const sums = new Float64Array(groups.count);
  const rows = new Int32Array(groups.count);
  for (let i = 0; i < values.length; i++) {
    const group = groups.ids[i]!;
    sums[group]! += values[i]!;
    rows[group]!++;
  }
  return (weights) => {
    let sum = 0;
    let total = 0;
    for (let group = 0; group < sums.length; group++) {
      sum += weights[group]! * sums[group]!;
      total += weights[group]! * rows[group]!;
    }
    return total === 0 ? null : sum / total;
  };
}
