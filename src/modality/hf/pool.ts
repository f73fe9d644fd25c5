import type { ModelOutput } from "./model-session.js";
import type { Pooling } from "./tower.js";

/**
 * One vector of length 1 per row of a model's output.
 *
 *   cls:  v = x[0]      mean:  v = sum_t mask[t] x[t] / sum_t mask[t]      then v / |v|
 *
 * x (rows, T, D) and mask (rows, T); an output without tokens, (rows, D), is the vector already. Sums run in float64, in the
 * order of the tokens, so that padding changes no bit. A vector of zeros has no direction and is undefined.
 *
 * Source of the mean over tokens: Reimers and Gurevych, "Sentence-BERT" (2019), https://arxiv.org/abs/1908.10084.
 */
export function pool(
  { dims, data }: ModelOutput,
  { pooling, mask }: { pooling: Pooling; mask?: BigInt64Array },
): (Float32Array | undefined)[] {
  const [rows = 0, tokens = 1] = dims.length > 2 ? dims : [dims[0], 1];
  const width = dims.at(-1) ?? 0;
  return Array.from({ length: rows }, (_, row) => {
    const vector = new Float64Array(width);
    for (let t = 0; t < (pooling === "mean" ? tokens : 1); t++) {
      if (tokens > 1 && pooling === "mean" && mask?.[row * tokens + t] === 0n) continue;
      const start = (row * tokens + t) * width;
      for (let d = 0; d < width; d++) vector[d]! += data[start + d]!;
    }
    return unit(vector);
  });
}

/** The mean and the sum have one direction, so the division by the count is the division by the length. */
function unit(vector: Float64Array): Float32Array | undefined {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  return length === 0 ? undefined : Float32Array.from(vector, (value) => value / length);
}
