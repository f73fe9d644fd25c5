import type { RandomStream } from "../random.js";

/** Scales a vector to length 1, in place. */
export function toUnitLength(vector: Float64Array): Float64Array {
  let square = 0;
  for (const x of vector) square += x * x;
  const scale = 1 / Math.sqrt(square);
  for (let d = 0; d < vector.length; d++) vector[d]! *= scale;
  return vector;
}

/** A direction drawn uniformly: a unit vector in `dimensions` dimensions. */
export function drawDirection(random: RandomStream, dimensions: number): Float64Array {
  return toUnitLength(Float64Array.from({ length: dimensions }, () => random.normal()));
}

/** A number drawn from the exponential distribution with this mean. */
export function drawExponential(random: RandomStream, mean: number): number {
  return -mean * Math.log(1 - random.uniform());
}
