import type { RandomStream } from "../../random.js";
import { Canvas, POSTER_HEIGHT, POSTER_WIDTH } from "./canvas.js";
import { drawCrest } from "./ground.js";
import { mixColours, type Oklab } from "./oklab.js";
import { type Palette, paletteOf } from "./palette.js";
import { drawScene, type Scene } from "./scene.js";
import { box, circle, crown, gem, stroke } from "./shapes.js";

/** Width of the unprinted edge, in pixels. */
const EDGE = 4;
const GRAIN = 0.024;

/** What is painted, and how the style bends it. */
interface Painting {
  canvas: Canvas;
  palette: Palette;
  scene: Scene;
  /** 0 round to 1 pointed. */
  angular: number;
  /** Pixels down per pixel to the right. */
  tilt: number;
  random: RandomStream;
}

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
  paintStars(painting);
  paintEmblem(painting);
  paintClouds(painting);
  paintBirds(painting);
  paintLand(painting);
  painting.canvas.grain({ amount: GRAIN, key: random.next() });
  paintEdge(painting);
  return painting.canvas.toRgb();
}

function paintSky({ canvas, palette: { sky, horizon }, scene: { tones, horizon: depth }, tilt }: Painting): void {
  const steps = 64;
  const inks = Array.from({ length: steps + 1 }, (_, t) => mixColours([sky, horizon], t / steps));
  for (let y = 0; y < POSTER_HEIGHT; y++) {
    for (let x = 0; x < POSTER_WIDTH; x++) {
      const t = Math.min(1, Math.max(0, (y - 0.6 * tilt * (x - POSTER_WIDTH / 2)) / (depth + 14)));
      const even = t * t * (3 - 2 * t);
      canvas.ink(inks[Math.round(steps * (tones === 0 ? even : Math.round(even * tones) / tones))]!);
      canvas.lay(y * POSTER_WIDTH + x, 1);
    }
  }
}

/** Stars come out as the sky darkens. */
function paintStars({ canvas, palette: { sky, paper }, scene: { horizon }, random }: Painting): void {
  const opacity = Math.min(1, Math.max(0, (0.6 - sky[0]) / 0.2));
  canvas.ink(paper);
  for (let star = 0; star < 26; star++) {
    const [x, y, size] = [POSTER_WIDTH * random.uniform(), horizon * 0.9 * random.uniform(), random.uniform()];
    canvas.fill((dx, dy) => circle(dx, dy, 0.35 + 0.6 * size * size), { x, y, reach: 2, opacity: opacity * 0.9 });
  }
}

function paintEmblem({ canvas, palette: { accent, horizon, sky }, scene, angular, tilt }: Painting): void {
  const { kind, x, y, radius } = scene.emblem;
  const corners = 0.5 * angular; // a full diamond would be no sun any more
  const shape = (dx: number, dy: number, r: number): number => gem(dx, dy, { radius: r, angular: corners });
  const spot = { x, y, reach: radius * 2.2 };
  const glow = mixColours([accent, horizon], 0.5);
  if (kind === "halo") {
    for (const [scale, opacity] of [
      [1.75, 0.16],
      [1.38, 0.25],
    ] as const) {
      canvas.ink(glow);
      canvas.fill((dx, dy) => shape(dx, dy, radius * scale), { ...spot, opacity });
    }
  }
  if (kind === "rings") {
    canvas.ink(accent);
    for (const scale of [1.6, 1.28]) {
      canvas.fill((dx, dy) => Math.abs(shape(dx, dy, radius * scale)) - 0.9, { ...spot, opacity: 0.75 });
    }
    canvas.fill((dx, dy) => shape(dx, dy, radius * 0.95), spot);
    return;
  }
  canvas.ink(accent);
  if (kind === "crescent") {
    const bite = (dx: number, dy: number): number => shape(dx - radius * 0.5, dy + radius * 0.22, radius * 0.86);
    canvas.fill((dx, dy) => Math.max(shape(dx, dy, radius), -bite(dx, dy)), spot);
  } else if (kind === "sliced") {
    const gap = (dx: number, dy: number): number => {
      const down = dy - 0.6 * dx * tilt;
      const width = Math.min(2.4, Math.max(0, 0.9 + (down / radius) * 1.5));
      return Math.abs((((down % 5.5) + 5.5) % 5.5) - 2.75) - width / 2;
    };
    canvas.fill((dx, dy) => Math.max(shape(dx, dy, radius), -gap(dx, dy)), spot);
  } else {
    canvas.fill((dx, dy) => shape(dx, dy, radius), spot);
    canvas.ink(mixColours([accent, sky], 0.18)); // a soft shade on the lower side
    canvas.fill((dx, dy) => Math.max(shape(dx, dy, radius), -shape(dx + 2, dy + 4, radius)), { ...spot, opacity: 0.6 });
  }
}

function paintClouds({
  canvas,
  palette: { paper, horizon },
  scene: { clouds, horizon: depth },
  tilt,
  random,
}: Painting): void {
  canvas.ink(mixColours([horizon, paper], 0.45));
  for (let cloud = 0; cloud < clouds; cloud++) {
    const [x, y] = [POSTER_WIDTH * (random.uniform() - 0.15), depth * (0.12 + 0.75 * random.uniform())];
    const length = 16 + 26 * random.uniform();
    for (const [shift, scale, width] of [
      [0, 1, 3.2],
      [0.3, 0.75, 2.6],
    ] as const) {
      const line = { toX: length * scale, toY: length * scale * tilt, width };
      const start = { x: x + shift * length, y: y + (shift === 0 ? 0 : 4) + shift * length * tilt };
      canvas.fill((dx, dy) => stroke(dx, dy, line), { ...start, reach: length * 1.3, opacity: 0.62 });
    }
  }
}

function paintBirds({ canvas, palette: { near, sky }, scene: { birds, horizon }, tilt, random }: Painting): void {
  if (birds === 0) return;
  canvas.ink(sky[0] > 0.5 ? near : mixColours([near, [0.95, 0, 0]], 0.7));
  const [x, y] = [POSTER_WIDTH * (0.15 + 0.5 * random.uniform()), horizon * (0.25 + 0.35 * random.uniform())];
  for (let bird = 0; bird < birds; bird++) {
    const spot = {
      x: x + 6 * bird + 3 * random.uniform(),
      y: y + 6 * bird * tilt + 5 * (random.uniform() - 0.5),
      reach: 6,
    };
    const span = 2 + 1.6 * random.uniform();
    canvas.fill((dx, dy) => stroke(Math.abs(dx), dy, { toX: span, toY: -span * 0.6, width: 1.1 }), spot);
  }
}

function paintLand(painting: Painting): void {
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

function paintEdge({ canvas, palette: { paper } }: Painting): void {
  canvas.ink(paper);
  for (let y = 0; y < POSTER_HEIGHT; y++) {
    for (let x = 0; x < POSTER_WIDTH; x++) {
      const inside = Math.min(x, y, POSTER_WIDTH - 1 - x, POSTER_HEIGHT - 1 - y);
      if (inside < EDGE) canvas.lay(y * POSTER_WIDTH + x, 1);
    }
  }
}
