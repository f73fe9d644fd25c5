/** A colour of OKLab: lightness 0 to 1, and the two opponent axes (green to red, blue to yellow), about -.3 to .3. */
export type Oklab = readonly [lightness: number, a: number, b: number];

/** The colour at `t` of the way from one to the other; OKLab is even to the eye, so this is a mixture of inks. */
export function mixColours([from, to]: readonly [Oklab, Oklab], t: number): Oklab {
  return [from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t, from[2] + (to[2] - from[2]) * t];
}

/** sRGB bytes of linear light in 4,095 steps. */
const GAMMA = Uint8Array.from({ length: 4096 }, (_, i) => {
  const x = i / 4095;
  return Math.round(255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055));
});

/**
 * Turns OKLab into sRGB bytes, [pixels, 3] both; what lies outside of sRGB is cut off channel by channel.
 *
 * Ottosson, "A perceptual color space for image processing", 2020.
 */
export function toSrgb(oklab: Float32Array): Uint8Array {
  const rgb = new Uint8Array(oklab.length);
  for (let at = 0; at < oklab.length; at += 3) {
    const lightness = oklab[at]!;
    const a = oklab[at + 1]!;
    const b = oklab[at + 2]!;
    const l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
    const m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
    const s = cube(lightness - 0.0894841775 * a - 1.291485548 * b);
    rgb[at] = encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s);
    rgb[at + 1] = encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s);
    rgb[at + 2] = encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s);
  }
  return rgb;
}

function cube(x: number): number {
  return x * x * x;
}

function encoded(light: number): number {
  return GAMMA[light <= 0 ? 0 : light >= 1 ? 4095 : (light * 4095 + 0.5) | 0]!;
}
