import { POSTER_HEIGHT, POSTER_WIDTH } from "./canvas.js";
import { mixColours } from "./oklab.js";
import type { Painting } from "./painting.js";
import { circle, gem, stroke } from "./shapes.js";

/** Paints the sky and what is in it: stars, sun or moon, clouds, birds. */
export function paintSky(painting: Painting): void {
  paintAir(painting);
  paintStars(painting);
  paintEmblem(painting);
  paintClouds(painting);
  paintBirds(painting);
}

function paintAir({ canvas, palette: { sky, horizon }, scene: { tones, horizon: depth }, tilt }: Painting): void {
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
