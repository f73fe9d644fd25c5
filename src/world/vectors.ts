import type { Random } from "./random.js";

/** Frozen vectors as an encoder would give them: `values` is [rows, dimension], row-major. */
export interface FrozenVectors {
  dimension: number;
  values: Float32Array;
}

/**
 * A noisy view of hidden vectors: view = P z + noise, with P [dimension, hidden] a random projection that keeps lengths
 * on average and noise a random vector whose length is about `noise` (that of z is 1).
 */
export function noisyView(
  hidden: Float64Array,
  { rows, dimension, noise, random }: { rows: number; dimension: number; noise: number; random: Random },
): FrozenVectors {
  const width = hidden.length / rows;
  const scale = 1 / Math.sqrt(dimension);
  const projection = Float64Array.from({ length: dimension * width }, () => scale * random.normal());
  const values = new Float32Array(rows * dimension);
  for (let i = 0; i < rows; i++) {
    for (let d = 0; d < dimension; d++) {
      let sum = noise * scale * random.normal();
      for (let k = 0; k < width; k++) sum += projection[d * width + k]! * hidden[i * width + k]!;
      values[i * dimension + d] = sum;
    }
  }
  return { dimension, values };
}
