export interface Summary {
  /** Number of values (seeds). */
  count: number;
  mean: number | null;
  /** Standard deviation of a sample (n - 1 below the line); null below two values. */
  std: number | null;
  /** 95 % interval of the mean, by Student's t; null below two values. */
  interval: [number, number] | null;
}

/**
 * Mean, spread and 95 % interval of one metric over a few seeds.
 *
 * mean +- t(.975, n - 1) std / sqrt(n)
 *
 * The interval is wide at three seeds (t = 4.30), and it should be.
 *
 * @example summary([0.871, 0.869, 0.872]); // { count: 3, mean: 0.8707, std: 0.0015, interval: [0.8669, 0.8745] }
 */
export function summary(values: readonly number[]): Summary {
  const count = values.length;
  if (count === 0) return { count, mean: null, std: null, interval: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { count, mean, std: null, interval: null };
  const std = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  const half = (studentQuantile(0.975, { freedom: count - 1 }) * std) / Math.sqrt(count);
  return { count, mean, std, interval: [mean - half, mean + half] };
}

/**
 * Quantile of Student's t for a share above .5 and whole degrees of freedom, by bisection on its distribution.
 *
 * With theta = atan(t / sqrt(v)), P(|T| <= t) has a finite series in sin and cos (Abramowitz and Stegun 26.7.3, 26.7.4).
 */
export function studentQuantile(share: number, { freedom }: { freedom: number }): number {
  const wanted = 2 * share - 1;
  let low = 0;
  let high = Math.PI / 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (twoSided(middle, freedom) < wanted) low = middle;
    else high = middle;
  }
  return Math.sqrt(freedom) * Math.tan((low + high) / 2);
}

/** P(|T| > t) for Student's t with whole degrees of freedom: the two-sided p of a t. */
export function studentTail(t: number, { freedom }: { freedom: number }): number {
  return 1 - twoSided(Math.atan(Math.abs(t) / Math.sqrt(freedom)), freedom);
}

function twoSided(theta: number, freedom: number): number {
  const sine = Math.sin(theta);
  const cosine = Math.cos(theta);
  const odd = freedom % 2 === 1;
  // odd: cos + 2/3 cos^3 + 2*4/(3*5) cos^5 ...; even: 1 + 1/2 cos^2 + 1*3/(2*4) cos^4 ...; up to cos^(freedom - 2)
  let term = odd ? cosine : 1;
  let series = freedom === 1 ? 0 : term;
  for (let power = odd ? 3 : 2; power <= freedom - 2; power += 2) {
    term *= ((power - 1) / power) * cosine * cosine;
    series += term;
  }
  return odd ? (2 / Math.PI) * (theta + sine * series) : sine * series;
}
