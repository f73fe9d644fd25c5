/** Cells along each side. */
const GRID = 4;
/** Directions: 0, 45, ... 315 degrees. */
const DIRECTIONS = 8;

/** Length of a histogram of oriented gradients. */
export const GRADIENTS_LENGTH = GRID * GRID * DIRECTIONS;

/** A mean gradient of this much lightness counts half: below it a cell is taken for flat, and its noise stays small. */
const FLAT = 10;

/**
 * Which way edges run, and where: the root of each direction's share of the gradients, in each cell of a 4 x 4 grid.
 *
 * The gradient of lightness (gx, gy) = (L(x+1, y) - L(x-1, y), L(x, y+1) - L(x, y-1)), none across the border, has a
 * magnitude, which is shared among the two directions around its angle. With h the mean magnitude a pixel by direction, a cell's
 * numbers are sqrt(h / (|h|_1 + 10)), "L1-sqrt" of the paper. Left as written there: the centred mask without
 * smoothing; directions over 360 degrees, which tell light on dark from dark on light (a title from a shadow). Otherwise:
 * cells are large and do not overlap, since these histograms stand for a whole picture and search for nothing in it.
 *
 * @param lab [side, side, 3], row by row, see `labOfRgb`; the side is a multiple of 4. y grows downwards.
 * @returns [4, 4, 8]: rows of cells, columns of cells, directions; direction 0 gets lighter to the right, 2 downwards.
 *
 * Source: Dalal and Triggs, Histograms of oriented gradients for human detection (2005).
 */
export function orientedGradients(lab: Float32Array, { side }: { side: number }): Float32Array {
  const cell = side / GRID;
  const sums = new Float64Array(GRADIENTS_LENGTH);
  const step = side * 3;
  for (let y = 0, at = 0; y < side; y++) {
    const row = Math.floor(y / cell) * GRID;
    for (let x = 0; x < side; x++, at += 3) {
      const gx = x > 0 && x < side - 1 ? lab[at + 3]! - lab[at - 3]! : 0;
      const gy = y > 0 && y < side - 1 ? lab[at + step]! - lab[at - step]! : 0;
      const magnitude = Math.sqrt(gx * gx + gy * gy);
      if (magnitude === 0) continue;
      const turns = Math.atan2(gy, gx) / (2 * Math.PI);
      const direction = (turns < 0 ? turns + 1 : turns) * DIRECTIONS;
      const lower = Math.floor(direction);
      const upShare = direction - lower;
      const base = (row + Math.floor(x / cell)) * DIRECTIONS;
      sums[base + (lower % DIRECTIONS)]! += magnitude * (1 - upShare);
      sums[base + ((lower + 1) % DIRECTIONS)]! += magnitude * upShare;
    }
  }
  const histograms = new Float32Array(GRADIENTS_LENGTH);
  for (let base = 0; base < GRADIENTS_LENGTH; base += DIRECTIONS) {
    let total = 0;
    for (let k = 0; k < DIRECTIONS; k++) total += sums[base + k]!;
    // Both over the pixels of a cell, so that its size cancels.
    const whole = total + FLAT * cell * cell;
    for (let k = 0; k < DIRECTIONS; k++) histograms[base + k] = Math.sqrt(sums[base + k]! / whole);
  }
  return histograms;
}
