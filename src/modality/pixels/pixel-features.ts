import { decodePicture } from "../decode-picture.js";
import { isUnreadable, type Unreadable } from "../encoder.js";
import { colourHistogram, HISTOGRAM_LENGTH } from "./colour-histogram.js";
import { colourLayout, LAYOUT_LENGTH } from "./colour-layout.js";
import { labOfRgb } from "./lab.js";
import { GRADIENTS_LENGTH, orientedGradients } from "./oriented-gradients.js";

const SIDE = 64;

/** A run of features that are standardised together. */
export interface FeatureBlock {
  start: number;
  end: number;
  /** Its standard deviation once standardised. */
  weight: number;
}

const LAYOUT_START = HISTOGRAM_LENGTH;
const GRADIENTS_START = LAYOUT_START + LAYOUT_LENGTH;

/** How many features a picture has: 245 of its histogram, 48 of its layout, 128 of its gradients. */
export const PIXEL_FEATURES = GRADIENTS_START + GRADIENTS_LENGTH;

/** The layout counts half: much of what it says the histogram has said. */
export const FEATURE_BLOCKS: readonly FeatureBlock[] = [
  { start: 0, end: LAYOUT_START, weight: 1 },
  { start: LAYOUT_START, end: GRADIENTS_START, weight: 0.5 },
  { start: GRADIENTS_START, end: PIXEL_FEATURES, weight: 1 },
];

/**
 * The features of a picture before anything is fitted: its colour histogram, colour layout and oriented gradients, from 64 x 64
 * pixels to which it is stretched.
 *
 * @returns [421], or why the picture is not readable (see `decodePicture`).
 */
export async function pixelFeatures(bytes: Uint8Array): Promise<Float32Array | Unreadable> {
  const raster = await decodePicture(bytes, { size: { width: SIDE, height: SIDE } });
  return isUnreadable(raster) ? raster : featuresOfRgb(raster.data);
}

/** The features of the 64 x 64 pixels of a picture: [64, 64, 3] to [421]. */
export function featuresOfRgb(rgb: Uint8Array): Float32Array {
  const lab = labOfRgb(rgb);
  const features = new Float32Array(PIXEL_FEATURES);
  features.set(colourHistogram(lab));
  features.set(colourLayout(lab, { side: SIDE }), LAYOUT_START);
  features.set(orientedGradients(lab, { side: SIDE }), GRADIENTS_START);
  return features;
}
