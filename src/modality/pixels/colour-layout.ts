/** Cells along each side. */
const GRID = 4;

/** Length of a layout. */
export const LAYOUT_LENGTH = GRID * GRID * 3;

/**
 * Where a picture's colours are: the mean L, a and b of each cell of a 4 x 4 grid.
 *
 * @param lab [side, side, 3], row by row, see `labOfRgb`; the side is a multiple of 4.
 * @returns [4, 4, 3]: rows of cells, columns of cells, L and a and b.
 *
 * Source: the idea of the colour layout descriptor of MPEG-7 (Manjunath, Ohm, Vasudevan and Yamada, Color and texture
 * descriptors, 2001), in Lab and without its cosine transform, which a projection makes needless.
 */
export function colourLayout(lab: Float32Array, { side }: { side: number }): Float32Array {
  const cell = side / GRID;
  const sums = new Float64Array(LAYOUT_LENGTH);
  for (let y = 0, at = 0; y < side; y++) {
    const row = Math.floor(y / cell) * GRID;
    for (let x = 0; x < side; x++, at += 3) {
      const to = (row + Math.floor(x / cell)) * 3;
      for (let channel = 0; channel < 3; channel++) sums[to + channel]! += lab[at + channel]!;
    }
  }
  return Float32Array.from(sums, (sum) => sum / (cell * cell));
}
