import type { Catalogue, ModalityColumn } from "../../data/columns.js";

/** The step whose item is nearest to a candidate by one modality. */
export interface NearestStep {
  modality: string;
  /** Place among the steps. */
  step: number;
  /** Of the angle between the two vectors, in [-1, 1]. */
  cosine: number;
}

/**
 * By each modality with frozen vectors that both have, the step whose item has the largest cosine to the candidate; of equal ones the latest.
 *
 * @param items catalogue indices of the steps' items, oldest first.
 */
export function nearestSteps(
  { modalities }: Pick<Catalogue, "modalities">,
  { candidate, items }: { candidate: number; items: ArrayLike<number> },
): NearestStep[] {
  const found: NearestStep[] = [];
  for (const column of modalities) {
    if (column.kind !== "vector") continue;
    const own = vectorOf(column, candidate);
    let best: NearestStep | null = null;
    for (let step = 0; own !== null && step < items.length; step++) {
      const other = vectorOf(column, items[step]!);
      if (other === null) continue;
      const cosine = cosineOf(own, other);
      if (best === null || cosine >= best.cosine) best = { modality: column.name, step, cosine };
    }
    if (best !== null) found.push(best);
  }
  return found;
}

function vectorOf({ row, values, dimension }: ModalityColumn & { kind: "vector" }, item: number): Float32Array | null {
  const at = row[item] ?? -1;
  return at < 0 ? null : values.subarray(at * dimension, (at + 1) * dimension);
}

/** 0 where one of them is all zeros. */
function cosineOf(a: Float32Array, b: Float32Array): number {
  let [dot, ofA, ofB] = [0, 0, 0];
  for (let d = 0; d < a.length; d++) {
    dot += a[d]! * b[d]!;
    ofA += a[d]! ** 2;
    ofB += b[d]! ** 2;
  }
  const lengths = Math.sqrt(ofA * ofB);
  return lengths === 0 ? 0 : Math.min(1, Math.max(-1, dot / lengths));
}
