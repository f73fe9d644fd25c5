import type { RandomStream } from "../random.js";

/** Frozen vectors as an encoder would give them: `values` is [rows, dimension], row by row. */
export interface FrozenVectors {
  dimension: number;
  values: Float32Array;
}

interface ViewOptions {
  rows: number;
  dimension: number;
  noise: number;
  random: RandomStream;
}

/**
 * A noisy view of hidden unit vectors z: view = P z + noise, with P [dimension, hidden] a random projection that keeps
 * lengths on average, and noise in any direction, of a length of about `noise`.
 *
 * @param hidden [rows, hidden]
 */
export function noisyView(hidden: Float64Array, { rows, dimension, noise, random }: ViewOptions): FrozenVectors {
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
