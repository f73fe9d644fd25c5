/** What somebody did, as candidates are found by: catalogue indices, the newest last. */
export interface HistoryIndices {
  items: Int32Array;
  /** 1 wanted, 0 not, null not known. */
  labels: readonly (0 | 1 | null)[];
}

/** Weight of a step against that of the next one that counts. */
const DECAY = 0.97;
/** Steps that are looked at, the last ones: older ones would weigh less than .003. */
const MOST_STEPS = 200;

/** A step of a history that speaks for something. */
export interface WeightedStep {
  /** Its place in the history. */
  step: number;
  item: number;
  weight: number;
}

/**
 * What a history says of somebody's wants: w = .97^n for a step that n newer ones follow, of the last 200; the newest first.
 *
 * Steps of label 0 and of unknown items are left out, and so do not age the others. A step without a label counts as liked, as it does to models that read
 * liked events. Negative weights for what was not wanted found fewer held-out positives on both datasets that were measured
 * (docs/serving.md), as did faster decay.
 */
export function weighHistory({ items, labels }: HistoryIndices): WeightedStep[] {
  const weighted: WeightedStep[] = [];
  let weight = 1;
  for (let step = items.length - 1; step >= 0 && weighted.length < MOST_STEPS; step--) {
    if (labels[step] === 0 || items[step]! <= 0) continue;
    weighted.push({ step, item: items[step]!, weight });
    weight *= DECAY;
  }
  return weighted;
}

/** q = sum of w_t x_t over the steps: [D]. Steps of items without a row add nothing. */
export function poolHistory(
  steps: readonly WeightedStep[],
  { dimension, row }: { dimension: number; row: (item: number) => Float32Array },
): Float32Array {
  const pooled = new Float32Array(dimension);
  for (const { item, weight } of steps) {
    const vector = row(item);
    for (let d = 0; d < vector.length; d++) pooled[d]! += weight * vector[d]!;
  }
  return pooled;
}
