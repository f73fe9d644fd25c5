import type { ModalityRange } from "../../nn/builder.js";

/**
 * Scales each block of each row to length 1, and the row by 1 / sqrt(number of its blocks that are not zero), so that it has length 1,
 * too. A block or row of zeros stays zeros.
 *
 * @param values [n, dimension], changed in place and returned.
 */
export function unitBlocks(
  values: Float32Array,
  { dimension, blocks }: { dimension: number; blocks: readonly ModalityRange[] },
): Float32Array {
  const factors = new Float64Array(blocks.length);
  for (let row = 0; row < values.length; row += dimension) {
    let present = 0;
    blocks.forEach(({ start, end }, b) => {
      let squares = 0;
      for (let at = row + start; at < row + end; at++) squares += values[at]! * values[at]!;
      factors[b] = squares > 0 ? 1 / Math.sqrt(squares) : 0;
      if (squares > 0) present++;
    });
    const share = present > 0 ? 1 / Math.sqrt(present) : 0;
    blocks.forEach(({ start, end }, b) => {
      for (let at = row + start; at < row + end; at++) values[at]! *= factors[b]! * share;
    });
  }
  return values;
}
