import type { RandomStream } from "../../random.js";
import { POSTER_WIDTH } from "./canvas.js";

/** How the land of one poster runs; each kind takes its sharpness and its tilt from the style. */
export const GROUNDS = ["ranges", "waves", "terraces", "dunes"] as const;
export type Ground = (typeof GROUNDS)[number];

export interface CrestOptions {
  ground: Ground;
  /** Height of the crest at the middle of the poster, in pixels from the top. */
  level: number;
  /** Pixels from the mean to a summit, about. */
  rise: number;
  /** 0 round to 1 pointed. */
  angular: number;
  /** Pixels down per pixel to the right. */
  tilt: number;
  random: RandomStream;
}

/** Draws one crest line: the y, in pixels from the top, of the ground in each column. */
export function drawCrest({ ground, level, rise, angular, tilt, random }: CrestOptions): Float64Array {
  const waves = wavesOf(ground).map(({ length, weight }) => ({
    frequency: 1 / (length * (0.8 + 0.4 * random.uniform())),
    phase: random.uniform(),
    weight,
  }));
  return Float64Array.from({ length: POSTER_WIDTH }, (_, x) => {
    let height = 0;
    for (const { frequency, phase, weight } of waves) height += weight * profile(x * frequency + phase, angular);
    if (ground === "waves") height = 0.9 - 1.8 * Math.abs(height); // cusps point up, bellies hang
    if (ground === "terraces") height = stepped(height, angular);
    return level - rise * height + tilt * (x - POSTER_WIDTH / 2);
  });
}

/** Wave lengths in pixels; the first makes the shape, the others its detail. */
function wavesOf(ground: Ground): { length: number; weight: number }[] {
  if (ground === "ranges") {
    return [
      { length: 74, weight: 0.7 },
      { length: 31, weight: 0.36 },
      { length: 13, weight: 0.12 },
    ];
  }
  if (ground === "waves") return [{ length: 58, weight: 1 }];
  if (ground === "terraces") {
    return [
      { length: 66, weight: 0.8 },
      { length: 23, weight: 0.4 },
    ];
  }
  return [
    { length: 108, weight: 0.8 },
    { length: 47, weight: 0.24 },
  ];
}

/** A wave of period 1 between -1 and 1: from a sine to a triangle. */
function profile(t: number, angular: number): number {
  const phase = t - Math.floor(t);
  return (1 - angular) * Math.sin(2 * Math.PI * phase) + angular * (1 - 4 * Math.abs(phase - 0.5));
}

/** Flattens heights into broad steps, the more so the more angular. */
function stepped(height: number, angular: number): number {
  const step = 0.45;
  const t = height / step;
  const whole = Math.floor(t);
  const sharp = 1 / (1 + Math.exp(-(t - whole - 0.5) * (4 + 14 * angular)));
  return step * (whole + sharp);
}
