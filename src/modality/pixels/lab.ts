/** Linear light of each sRGB value, 0 to 1 (IEC 61966-2-1, 1999). */
const LINEAR = Float64Array.from({ length: 256 }, (_, value) => {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
});

/**
 * Rows of red, green and blue to X, Y and Z over those of white, D65: the matrix of IEC 61966-2-1, each row divided by its sum,
 * so that grey has a = b = 0.
 */
const X = normalised([0.4124, 0.3576, 0.1805]);
const Y = normalised([0.2126, 0.7152, 0.0722]);
const Z = normalised([0.0193, 0.1192, 0.9505]);

/**
 * sRGB to CIE 1976 L*a*b*: distances between colours as people see them.
 *
 * L = 116 f(Y) - 16, a = 500 (f(X) - f(Y)), b = 200 (f(Y) - f(Z)), f(t) = cbrt(t) above (6/29)^3, else t / (3 (6/29)^2) + 4/29.
 *
 * @param rgb [pixels, 3], 0 to 255.
 * @returns [pixels, 3]: lightness 0 to 100, a (green to red) and b (blue to yellow) of about -108 to 98.
 *
 * Source: Colorimetry (CIE publication 15, 2004).
 */
export function labOfRgb(rgb: Uint8Array): Float32Array {
  const lab = new Float32Array(rgb.length);
  for (let at = 0; at < rgb.length; at += 3) {
    const [r, g, b] = [LINEAR[rgb[at]!]!, LINEAR[rgb[at + 1]!]!, LINEAR[rgb[at + 2]!]!];
    const x = compressed(X[0] * r + X[1] * g + X[2] * b);
    const y = compressed(Y[0] * r + Y[1] * g + Y[2] * b);
    const z = compressed(Z[0] * r + Z[1] * g + Z[2] * b);
    lab[at] = 116 * y - 16;
    lab[at + 1] = 500 * (x - y);
    lab[at + 2] = 200 * (y - z);
  }
  return lab;
}

function compressed(t: number): number {
  return t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29;
}

function normalised([r, g, b]: [number, number, number]): readonly [number, number, number] {
  const sum = r + g + b;
  return [r / sum, g / sum, b / sum];
}
