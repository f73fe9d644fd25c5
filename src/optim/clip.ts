/** A gradient, dense or of touched rows: the first `length` numbers of `values` (default all). */
export interface GradientPart {
  values: Float32Array;
  length?: number;
}

/** Length of all gradients taken as one vector: sqrt of the sum of all squares. */
export function globalNorm(parts: readonly GradientPart[]): number {
  let sum = 0;
  for (const { values, length = values.length } of parts) sum += sumOfSquares(values, length);
  return Math.sqrt(sum);
}

/**
 * Clips all gradients, dense and row-wise, to one joint norm, in place.
 *
 * g <- g min(1, maxNorm / (norm + 1e-6)), norm over every gradient of the model
 *
 * One norm, because clipping each parameter by itself would turn the direction of the step. Row gradients are already
 * summed per distinct row, so the norm is that of the dense gradient. Equal to torch.nn.utils.clip_grad_norm_ to 1e-6.
 *
 * @returns the norm before clipping. Where it is not finite nothing is changed, and the step should be dropped.
 * Source: Pascanu et al., "On the difficulty of training recurrent neural networks", 2013,
 * https://arxiv.org/abs/1211.5063.
 */
export function clipGlobalNorm(parts: readonly GradientPart[], { maxNorm }: { maxNorm: number }): number {
  const norm = globalNorm(parts);
  const factor = maxNorm / (norm + 1e-6);
  if (!Number.isFinite(norm) || factor >= 1) return norm;
  for (const { values, length = values.length } of parts) {
    for (let i = 0; i < length; i++) values[i]! *= factor;
  }
  return norm;
}

/** Four sums side by side, so that an addition does not wait for the one before. */
function sumOfSquares(values: Float32Array, length: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    a += values[i]! * values[i]!;
    b += values[i + 1]! * values[i + 1]!;
    c += values[i + 2]! * values[i + 2]!;
    d += values[i + 3]! * values[i + 3]!;
  }
  for (; i < length; i++) a += values[i]! * values[i]!;
  return a + b + c + d;
}
