import { MmdinError } from "../../errors.js";
import type { Features, Projection, ProjectionState } from "../encoder.js";
import { principalComponents } from "../principal-components.js";
import { FEATURE_BLOCKS, PIXEL_FEATURES } from "./pixel-features.js";

/** Pictures that it is fitted on: more change little of 64 directions and cost their time. */
const MOST = 10_000;

/**
 * z = W (x - mean): features [421] to a vector [D].
 *
 * W = c P diag(w_block / s_block): each block of features (see `FEATURE_BLOCKS`) is divided by one standard deviation s, the
 * root of its summed variance, so that no block outweighs the others by its length or unit; P has the principal
 * components; c makes the mean of |z|^2 over the training pictures 1. One deviation a block, not one a number:
 * a colour that hardly any picture has should not count as much as one that tells them apart (on posters of films
 * this is worth .006 of the AUC that bench/modality.ts measures).
 */
export class PixelsProjection implements Projection {
  readonly dimension: number;
  readonly state: ProjectionState;
  readonly #mean: Float32Array;
  readonly #weights: Float32Array;

  constructor({ mean, weights }: { mean: Float32Array; weights: Float32Array }) {
    this.#mean = mean;
    this.#weights = weights;
    this.dimension = weights.length / PIXEL_FEATURES;
    this.state = new Map([
      ["mean", { shape: [PIXEL_FEATURES], data: mean }],
      ["weights", { shape: [this.dimension, PIXEL_FEATURES], data: weights }],
    ]);
  }

  project(features: Features): Float32Array {
    const row = checked(features);
    const centred = Float64Array.from(row, (value, j) => value - this.#mean[j]!);
    const vector = new Float32Array(this.dimension);
    for (let k = 0, at = 0; k < this.dimension; k++) {
      let sum = 0;
      for (let j = 0; j < PIXEL_FEATURES; j++, at++) sum += this.#weights[at]! * centred[j]!;
      vector[k] = sum;
    }
    return vector;
  }
}

/**
 * Fits the projection on the pictures of the training slice, at most 10,000 of them at equal distances.
 *
 * Where they are all the same (one picture), nothing varies: the one direction is then that of the picture itself, from zero, so
 * that others can still be told by how like it they are.
 */
export function fitPixels(features: readonly Features[], { dimension }: { dimension: number }): PixelsProjection {
  const step = Math.max(1, features.length / MOST);
  const count = Math.min(features.length, MOST);
  const rows = Array.from({ length: count }, (_, i) => checked(features[Math.floor(i * step)]!));
  const scales = blockScales(rows);
  const scaled = rows.map((row) => Float64Array.from(row, (value, j) => value * scales[j]!));
  const { mean, components, variances } = principalComponents(scaled, { k: dimension });
  if (variances.length === 0) return alike(mean, scales);
  const unit = 1 / Math.sqrt(variances.reduce((sum, variance) => sum + variance, 0));
  return new PixelsProjection({
    mean: Float32Array.from(mean, (value, j) => value / scales[j]!),
    weights: Float32Array.from(components, (value, at) => unit * value * scales[at % PIXEL_FEATURES]!),
  });
}

/** The projection that `fitPixels` once made. */
export function restorePixels(state: ProjectionState): PixelsProjection {
  const [mean, weights] = [state.get("mean")?.data, state.get("weights")?.data];
  const fits = mean instanceof Float32Array && weights instanceof Float32Array && mean.length === PIXEL_FEATURES;
  if (!fits || weights.length === 0 || weights.length % PIXEL_FEATURES !== 0) {
    const expected = `tensors mean [${PIXEL_FEATURES}] and weights [D, ${PIXEL_FEATURES}]`;
    throw new MmdinError("FORMAT", "not what pixels once fitted", { expected });
  }
  return new PixelsProjection({ mean, weights });
}

/** By feature: the weight of its block over the block's deviation, 1 where the block is the same in all rows. */
function blockScales(rows: readonly Float32Array[]): Float64Array {
  const scales = new Float64Array(PIXEL_FEATURES);
  for (const { start, end, weight } of FEATURE_BLOCKS) {
    let variance = 0;
    let square = 0;
    for (let j = start; j < end; j++) {
      const mean = rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length;
      for (const row of rows) {
        variance += (row[j]! - mean) ** 2 / rows.length;
        square += row[j]! ** 2 / rows.length;
      }
    }
    // What is left of 32-bit numbers that are all the same is rounding, and no deviation to divide by.
    scales.fill(variance > square * 2 ** -46 ? weight / Math.sqrt(variance) : 1, start, end);
  }
  return scales;
}

function alike(mean: Float64Array, scales: Float64Array): PixelsProjection {
  const square = mean.reduce((sum, value) => sum + value * value, 0);
  return new PixelsProjection({
    mean: new Float32Array(PIXEL_FEATURES),
    weights: Float32Array.from(mean, (value, j) => (value / square) * scales[j]!),
  });
}

function checked(features: Features): Float32Array {
  if (features instanceof Float32Array && features.length === PIXEL_FEATURES) return features;
  const got = features instanceof Float32Array ? `${features.length} of them` : "whole numbers";
  throw new MmdinError("FORMAT", "not the features of pixels", { expected: `${PIXEL_FEATURES} numbers`, got });
}
