import { mix } from "../../random.js";
import { type Oklab, toSrgb } from "./oklab.js";

export const POSTER_WIDTH = 96;
export const POSTER_HEIGHT = 144;

/** Where a shape lies, so that only pixels near it are looked at. */
export interface Spot {
  x: number;
  y: number;
  /** No part of the shape is farther from (x, y) than this. */
  reach: number;
  /** Default 1. */
  opacity?: number;
}

/** A picture that is printed ink over ink, in OKLab. */
export class Canvas {
  readonly #pixels = new Float32Array(POSTER_WIDTH * POSTER_HEIGHT * 3);
  #ink: Oklab = [1, 0, 0];

  /** The ink of what follows. */
  ink(colour: Oklab): void {
    this.#ink = colour;
  }

  /** Lays the ink over pixel y * POSTER_WIDTH + x: 0 leaves what is there, 1 hides it. */
  lay(pixel: number, cover: number): void {
    if (cover <= 0) return;
    const t = Math.min(cover, 1);
    const pixels = this.#pixels;
    const ink = this.#ink;
    const at = pixel * 3;
    pixels[at]! += (ink[0] - pixels[at]!) * t;
    pixels[at + 1]! += (ink[1] - pixels[at + 1]!) * t;
    pixels[at + 2]! += (ink[2] - pixels[at + 2]!) * t;
  }

  /** Makes a pixel lighter, or darker where `amount` is negative. */
  lighten(pixel: number, amount: number): void {
    this.#pixels[pixel * 3]! += amount;
  }

  /** Fills where a signed distance, in pixels from the spot and negative inside, is negative; the edge is one pixel wide. */
  fill(distance: (x: number, y: number) => number, { x, y, reach, opacity = 1 }: Spot): void {
    const right = Math.min(POSTER_WIDTH - 1, Math.ceil(x + reach));
    const bottom = Math.min(POSTER_HEIGHT - 1, Math.ceil(y + reach));
    for (let py = Math.max(0, Math.floor(y - reach)); py <= bottom; py++) {
      for (let px = Math.max(0, Math.floor(x - reach)); px <= right; px++) {
        const cover = 0.5 - distance(px - x, py - y);
        if (cover > 0) this.lay(py * POSTER_WIDTH + px, Math.min(cover, 1) * opacity);
      }
    }
  }

  /** Makes each pixel lighter or darker by at most `amount`, as `key` has it: the grain of a print. */
  grain({ amount, key }: { amount: number; key: number }): void {
    for (let pixel = 0; pixel < POSTER_WIDTH * POSTER_HEIGHT; pixel++) {
      const word = mix(key, pixel);
      this.lighten(pixel, amount * (((word & 0xffff) + (word >>> 16)) / 65_535 - 1)); // two even draws: mostly little
    }
  }

  /** The picture as sRGB bytes, [height, width, 3]. */
  toRgb(): Uint8Array {
    return toSrgb(this.#pixels);
  }
}
