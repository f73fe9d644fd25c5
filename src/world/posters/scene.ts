import type { RandomStream } from "../../random.js";
import { POSTER_HEIGHT, POSTER_WIDTH } from "./canvas.js";
import { GROUNDS, type Ground } from "./ground.js";

export const EMBLEMS = ["disc", "halo", "rings", "sliced", "crescent"] as const;
export const TEXTURES = ["plain", "hatching", "contours"] as const;

/** What differs between posters of the same style: the composition. */
export interface Scene {
  emblem: { kind: (typeof EMBLEMS)[number]; x: number; y: number; radius: number };
  ground: Ground;
  /** Number of crest lines, one behind the other. */
  layers: number;
  /** Of the farthest crest, in pixels from the top. */
  horizon: number;
  rise: number;
  texture: (typeof TEXTURES)[number];
  /** Number of tones of the sky; 0 for a smooth one. */
  tones: number;
  clouds: number;
  /** Trees on the nearest crests. */
  trees: number;
  house: boolean;
  birds: number;
}

/** Draws a composition. */
export function drawScene(random: RandomStream): Scene {
  const choose = <T>(choices: readonly T[]): T => choices[random.below(choices.length)]!;
  const between = (least: number, most: number): number => least + (most - least) * random.uniform();
  return {
    emblem: {
      kind: choose(EMBLEMS),
      x: POSTER_WIDTH * between(0.3, 0.7),
      y: POSTER_HEIGHT * between(0.25, 0.42),
      radius: between(13, 22),
    },
    ground: choose(GROUNDS),
    layers: 3 + random.below(4),
    horizon: POSTER_HEIGHT * between(0.5, 0.6),
    rise: between(0.8, 1.2),
    texture: choose(TEXTURES),
    tones: random.uniform() < 0.4 ? 5 + random.below(4) : 0,
    clouds: random.below(5),
    trees: random.uniform() < 0.5 ? 3 + random.below(9) : 0,
    house: random.uniform() < 0.25,
    birds: random.uniform() < 0.4 ? 2 + random.below(4) : 0,
  };
}
