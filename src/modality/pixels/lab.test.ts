import { expect, test } from "vitest";
import { labOfRgb } from "./lab.js";

// Values of the sRGB primaries under D65, as colour-science tables print them (Bruce Lindbloom's calculator, two decimals).
test.each([
  ["black", [0, 0, 0], [0, 0, 0]],
  ["white", [255, 255, 255], [100, 0, 0]],
  ["red", [255, 0, 0], [53.24, 80.09, 67.2]],
  ["green", [0, 255, 0], [87.73, -86.18, 83.18]],
  ["blue", [0, 0, 255], [32.3, 79.19, -107.86]],
  ["yellow", [255, 255, 0], [97.14, -21.55, 94.48]],
  ["grey", [119, 119, 119], [50.03, 0, 0]],
] as const)("%s has the Lab values that are published", (_, rgb, expected) => {
  const lab = labOfRgb(Uint8Array.from(rgb));
  expected.forEach((value, i) => {
    expect(Math.abs(lab[i]! - value)).toBeLessThan(0.05);
  });
});

test("every grey has a and b of 0 and a lightness that rises", () => {
  const lab = labOfRgb(Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3)));
  for (let value = 0; value < 256; value++) {
    expect(Math.abs(lab[value * 3 + 1]!) + Math.abs(lab[value * 3 + 2]!)).toBeLessThan(1e-4);
    if (value > 0) expect(lab[value * 3]!).toBeGreaterThan(lab[value * 3 - 3]!);
  }
});
