import { POSTER_HEIGHT, POSTER_WIDTH } from "./canvas.js";
import { drawCrest } from "./ground.js";
import { mixColours, type Oklab } from "./oklab.js";
import type { Painting } from "./painting.js";
import { box, crown } from "./shapes.js";

/** Paints the land, layer before layer, with trees and a house on the nearest ones. */
export function paintLand(painting: Painting): void {
  const { palette, scene, angular, tilt, random } = painting;
  const { layers, horizon, ground } = scene;
  const start = horizon - 18 * (angular - 0.5);
  const crests = Array.from({ length: layers }, (_, layer) => {
    const depth = layer / (layers - 1);
    const level = start + (POSTER_HEIGHT * 0.9 - start) * depth ** 1.15;
    const rise = (5 + 9 * angular) * scene.rise * (0.75 + 0.4 * depth);
    return drawCrest({ ground, level, rise, angular, tilt: tilt * (0.45 + 0.55 * depth), random });
  });
  for (const [layer, crest] of crests.entries()) {
    const land = { crest, next: crests[layer + 1], ink: mixColours([palette.far, palette.near], layer / (layers - 1)) };
    if (layer >= layers - 2 && layer > 0) paintTrees(painting, land);
    if (layer === layers - 2 && scene.house) paintHouse(painting, land);
    paintLayer(painting, land);
  }
}

interface Layer {
  crest: Float64Array;
  /** The crest before this one: what lies below it is hidden. */
  next: Float64Array | undefined;
  ink: Oklab;
}

/** Fills below a crest; the ink thins downwards, as if mist lay between this layer and the next. */
function paintLayer(
  { canvas, palette: { horizon }, scene: { texture }, angular, tilt }: Painting,
  { crest, next, ink }: Layer,
): void {
  const mist = Array.from({ length: 33 }, (_, t) => mixColours([ink, horizon], (0.3 * t) / 32));
  const pitch = (2 * Math.PI) / 5;
  for (let x = 0; x < POSTER_WIDTH; x++) {
    const top = crest[x]!;
    const slope = (crest[Math.min(x + 1, POSTER_WIDTH - 1)]! - crest[Math.max(x - 1, 0)]!) / 2;
    const steep = 1 / Math.hypot(1, slope);
    const end = Math.min(POSTER_HEIGHT, next === undefined ? POSTER_HEIGHT : Math.ceil(next[x]! + 3));
    for (let y = Math.max(0, Math.floor(top - 2)); y < end; y++) {
      const below = (y - top) * steep;
      const cover = 0.5 + below;
      if (cover <= 0) continue;
      const pixel = y * POSTER_WIDTH + x;
      canvas.ink(mist[Math.max(0, Math.min(32, Math.round(below)))]!);
      canvas.lay(pixel, cover);
      if (below < 1.5) continue;
      if (texture === "hatching") canvas.lighten(pixel, 0.022 * Math.sin((y - 1.8 * tilt * x) * pitch));
      else if (texture === "contours")
        canvas.lighten(pixel, 0.026 * Math.max(0, Math.sin(((y - top) * 2 * Math.PI) / (6 + 3 * angular))));
    }
  }
}

function paintTrees({ canvas, scene: { trees }, angular, random }: Painting, { crest, ink }: Layer): void {
  const middle = POSTER_WIDTH * random.uniform();
  for (let tree = 0; tree < trees; tree++) {
    const x = Math.round(middle + 22 * random.normal());
    if (x < 0 || x >= POSTER_WIDTH) continue;
    const height = 9 + 8 * random.uniform();
    const spot = { x, y: crest[x]! + 1.5, reach: height + 4 };
    canvas.ink(mixColours([ink, [0.15, 0, 0]], 0.12));
    canvas.fill((dx, dy) => box(dx, dy, { half: 0.5, height: height * 0.4 }), spot);
    canvas.fill((dx, dy) => crown(dx, dy, { half: height * 0.3, height, angular }), spot);
  }
}

function paintHouse({ canvas, palette: { accent, near }, random }: Painting, { crest, ink }: Layer): void {
  const x = Math.round(POSTER_WIDTH * (0.25 + 0.5 * random.uniform()));
  const spot = { x, y: crest[x]! + 3, reach: 18 };
  canvas.ink(mixColours([ink, near], 0.6));
  canvas.fill((dx, dy) => box(dx, dy, { half: 5, height: 9 }), spot);
  canvas.fill((dx, dy) => crown(dx, dy + 8, { half: 7, height: 6, angular: 1 }), spot);
  canvas.ink(accent);
  canvas.fill((dx, dy) => box(dx - 1.5, dy + 3.5, { half: 1.1, height: 2.4 }), spot);
}
