import { mixColours, type Oklab } from "./oklab.js";

/** The inks of one poster. */
export interface Palette {
  /** The sky at the top, and at the horizon. */
  sky: Oklab;
  horizon: Oklab;
  /** The farthest and the nearest ground. */
  far: Oklab;
  near: Oklab;
  /** Sun or moon, lit windows. */
  accent: Oklab;
  /** The unprinted edge. */
  paper: Oklab;
}

/** Largest chroma of the sky. */
const CHROMA = 0.13;

/**
 * The inks of a style: its first two dimensions are the hue and its strength (a plane, so that no hue borders on another
 * abruptly), the third is day against night, the fourth warms or cools the horizon. Sun and moon lean to the sky's
 * complement. Near styles have near inks.
 *
 * @param style [6] What the poster shows of the style.
 */
export function paletteOf(style: Float64Array): Palette {
  const strength = Math.hypot(style[0]!, style[1]!);
  const chroma = strength === 0 ? 0 : (CHROMA * Math.tanh(2.2 * strength)) / strength;
  const [a, b] = [chroma * style[0]!, chroma * style[1]!];
  const day = Math.tanh(1.7 * style[2]!);
  const warmth = Math.tanh(1.7 * style[3]!);

  const sky: Oklab = [0.56 + 0.26 * day, a, b];
  const horizon: Oklab = [0.74 + 0.17 * day, 0.55 * a + 0.065 * warmth + 0.012, 0.55 * b + 0.055 * warmth + 0.02];
  const near: Oklab = [0.24 + 0.08 * day, 0.45 * a - 0.02 * warmth, 0.45 * b - 0.025 * warmth];
  const redder = 0.025 + 0.035 * day; // or it would be lost in a pale sky
  const accent: Oklab = [
    0.85 - 0.08 * day + (0.55 - 0.45 * day) * (0.2 * a + 0.5 * b),
    -0.42 * a + 0.03 * warmth + redder,
    -0.3 * b + 0.015 * warmth + 0.09,
  ];
  return { sky, horizon, far: mixColours([horizon, near], 0.32), near, accent, paper: [0.955, 0.002, 0.014] };
}
