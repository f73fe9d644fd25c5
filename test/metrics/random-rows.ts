/** Random rows for tests of the metrics, and the slow definition of AUC. */
export interface RandomRows {
  /** Between -4 and 4, on `levels` distinct values. */
  scores: Float32Array;
  /** Drawn with probability sigmoid(score). */
  labels: Uint8Array;
  groups: Int32Array;
  /** Independent of the rest. */
  uniform: Float64Array;
}

export function randomRows(
  count: number,
  { levels = 100, groups = 10, seed }: { levels?: number; groups?: number; seed: number },
): RandomRows {
  let state = (seed | 0) + 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    return ((mixed ^ (mixed >>> 13)) >>> 0) / 4294967296;
  };
  const rows: RandomRows = {
    scores: new Float32Array(count),
    labels: new Uint8Array(count),
    groups: new Int32Array(count),
    uniform: new Float64Array(count),
  };
  for (let i = 0; i < count; i++) {
    const score = (8 * Math.floor(random() * levels)) / Math.max(levels - 1, 1) - 4;
    rows.scores[i] = score;
    rows.labels[i] = random() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
    rows.groups[i] = Math.floor(random() * groups);
    rows.uniform[i] = random();
  }
  return rows;
}

/** AUC by its definition, over all pairs of a positive and a negative; NaN where there is none. */
export function pairwiseAuc(scores: Float32Array, labels: Uint8Array): number {
  let wins = 0;
  let pairs = 0;
  for (let p = 0; p < scores.length; p++) {
    for (let q = 0; q < scores.length; q++) {
      if (labels[p] !== 1 || labels[q] !== 0) continue;
      pairs++;
      if (scores[p]! > scores[q]!) wins++;
      else if (scores[p] === scores[q]) wins += 0.5;
    }
  }
  return wins / pairs;
}
