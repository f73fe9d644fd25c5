/** Bins of lightness, a and b; odd, so that grey is the centre of a bin. */
const BINS = [5, 7, 7] as const;

/** Length of a histogram. */
export const HISTOGRAM_LENGTH = BINS[0] * BINS[1] * BINS[2];

/** a and b beyond it count as it: stronger colours are rare, and fine steps near grey are what pictures differ by. */
const STRONGEST = 64;

/**
 * Which colours a picture has, wherever they are: the root of each bin's share of the pixels.
 *
 * A pixel is shared among the eight bins around it, by its distance to their centres, so that a slight change of light
 * moves no pixel whole. The root makes the Euclidean distance of two histograms that of Hellinger (1909), in which a colour of
 * few pixels counts too; the length of the vector is 1.
 *
 * @param lab [pixels, 3], see `labOfRgb`.
 * @returns [5 x 7 x 7], lightness slowest; centres from 0 to 100, and from -64 to 64.
 *
 * Source: Swain and Ballard, Color indexing (1991); Arandjelovic and Zisserman, Three things everyone should know to improve
 * object retrieval (2012), for the root.
 */
export function colourHistogram(lab: Float32Array): Float32Array {
  const shares = new Float64Array(HISTOGRAM_LENGTH);
  const [bins, aBins, bBins] = BINS;
  for (let at = 0; at < lab.length; at += 3) {
    const l = place(lab[at]! / 100, bins);
    const a = place((lab[at + 1]! + STRONGEST) / (2 * STRONGEST), aBins);
    const b = place((lab[at + 2]! + STRONGEST) / (2 * STRONGEST), bBins);
    // The lower of the two bins along each axis, and the share of the upper one.
    const [l0, a0, b0] = [
      Math.min(bins - 2, Math.floor(l)),
      Math.min(aBins - 2, Math.floor(a)),
      Math.min(bBins - 2, Math.floor(b)),
    ];
    const [lUp, aUp, bUp] = [l - l0, a - a0, b - b0];
    for (let corner = 0; corner < 8; corner++) {
      const [dl, da, db] = [corner >> 2, (corner >> 1) & 1, corner & 1];
      const weight = (dl ? lUp : 1 - lUp) * (da ? aUp : 1 - aUp) * (db ? bUp : 1 - bUp);
      shares[((l0 + dl) * aBins + a0 + da) * bBins + b0 + db]! += weight;
    }
  }
  const pixels = lab.length / 3;
  return Float32Array.from(shares, (share) => Math.sqrt(share / pixels));
}

/** Where a share of the way along an axis lies, in bins. */
function place(share: number, bins: number): number {
  return Math.min(1, Math.max(0, share)) * (bins - 1);
}
