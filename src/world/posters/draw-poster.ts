import type { RandomStream } from "../../random.js";
import { Canvas, POSTER_HEIGHT, POSTER_WIDTH } from "./canvas.js";
import { paintLand } from "./paint-land.js";
import { paintSky } from "./paint-sky.js";
import type { Painting } from "./painting.js";
import { paletteOf } from "./palette.js";
import { drawScene } from "./scene.js";

/** Width of the unprinted edge, in pixels. */
const EDGE = 4;
const GRAIN = 0.024;

/**
 * Draws a poster: sky, sun or moon, clouds and layer upon layer of land, on paper with an edge and a grain.
 *
 * The style gives the inks (its first four dimensions: `paletteOf`), the slant of land, clouds and hatching (the fifth), and
 * whether things are low and round or high and pointed (the sixth), all continuously; the composition comes from `random`.
 *
 * @param style [6]
 * @returns sRGB bytes, [POSTER_HEIGHT, POSTER_WIDTH, 3].
 */
export function drawPoster(style: Float64Array, random: RandomStream): Uint8Array {
  const painting: Painting = {
    canvas: new Canvas(),
    palette: paletteOf(style),
    scene: drawScene(random),
    angular: 0.5 + 0.5 * Math.tanh(2 * style[5]!),
    tilt: 0.6 * Math.tanh(1.7 * style[4]!),
    random,
  };
  paintSky(painting);
  paintLand(painting);
  painting.canvas.grain({ amount: GRAIN, key: random.next() });
  paintEdge(painting);
  return painting.canvas.toRgb();
}

function paintEdge({ canvas, palette: { paper } }: Painting): void {
  canvas.ink(paper);
  for (let y = 0; y < POSTER_HEIGHT; y++) {
    for (let x = 0; x < POSTER_WIDTH; x++) {
      const inside = Math.min(x, y, POSTER_WIDTH - 1 - x, POSTER_HEIGHT - 1 - y);
      if (inside < EDGE) canvas.lay(y * POSTER_WIDTH + x, 1);
    }
  }
}
