import { MmdinError } from "../errors.js";
import { checkLengths, type Scores } from "./order.js";

/** logit = slope * score + offset */
export interface PlattScale {
  slope: number;
  offset: number;
}

/**
 * Platt scaling: the line from scores to logits with the least log-loss, for models whose scores are not probabilities
 * (counts, similarities). Fit it on validation, apply it everywhere.
 *
 * minimise over (a, b): -sum t log p + (1 - t) log(1 - p), p = sigmoid(a x + b)
 *
 * The targets are Platt's: t = (P + 1) / (P + 2) for positives and 1 / (N + 2) for negatives, P and N their numbers;
 * without them, scores that part the classes would send the slope to infinity. Newton's method with a halving line
 * search, on standardised scores.
 *
 * @param scores [B], finite
 * @param labels [B], 1 or 0
 * @throws MmdinError DATA without rows or on a score that is not finite, SHAPE on columns of different lengths.
 * Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999; Lin, Lin and Weng, "A Note on Platt's
 * Probabilistic Outputs for Support Vector Machines", 2007 (the solver).
 */
export function fitPlatt(scores: Scores, labels: Uint8Array): PlattScale {
  checkLengths("fitPlatt", { scores, labels });
  const n = scores.length;
  const { mean, std } = moments(scores);
  let positives = 0;
  for (let i = 0; i < n; i++) positives += labels[i]!;
  const targets = [1 / (n - positives + 2), (positives + 1) / (positives + 2)] as const;

  const lossAt = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const z = (a * (scores[i]! - mean)) / std + b;
      const t = targets[labels[i] === 1 ? 1 : 0];
      sum += Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z)));
    }
    return sum / n;
  };

  let a = 0;
  let b = Math.log((positives + 1) / (n - positives + 1));
  let loss = lossAt(a, b);
  for (let iteration = 0; iteration < 100; iteration++) {
    let ga = 0;
    let gb = 0;
    let haa = 1e-12;
    let hab = 0;
    let hbb = 1e-12;
    for (let i = 0; i < n; i++) {
      const x = (scores[i]! - mean) / std;
      const p = 1 / (1 + Math.exp(-(a * x + b)));
      const d = (p - targets[labels[i] === 1 ? 1 : 0]) / n;
      const w = (p * (1 - p)) / n;
      ga += d * x;
      gb += d;
      haa += w * x * x;
      hab += w * x;
      hbb += w;
    }
    if (Math.abs(ga) < 1e-10 && Math.abs(gb) < 1e-10) break;
    const determinant = haa * hbb - hab * hab;
    const stepA = -(hbb * ga - hab * gb) / determinant;
    const stepB = -(haa * gb - hab * ga) / determinant;
    const slope = ga * stepA + gb * stepB; // negative: the Hessian is positive definite
    let size = 1;
    let next = lossAt(a + stepA, b + stepB);
    while (next > loss + 1e-4 * size * slope && size > 1e-10) {
      size /= 2;
      next = lossAt(a + size * stepA, b + size * stepB);
    }
    if (next >= loss) break; // as near as rounding allows
    a += size * stepA;
    b += size * stepB;
    loss = next;
  }
  return { slope: a / std, offset: b - (a * mean) / std };
}

/** Logits that a flat or falling line still gives a standard deviation of scores, so that their order is kept. */
const LEAST_SLOPE = 0.01;

/**
 * Platt's line where the order of the scores is to be kept: one that does not rise is replaced by one that hardly does, with the same
 * mean logit. The order is the model's, and a calibration does not turn it round.
 */
export function fitRisingPlatt(scores: Scores, labels: Uint8Array): PlattScale {
  const { slope, offset } = fitPlatt(scores, labels);
  const { mean, std } = moments(scores);
  const least = LEAST_SLOPE / std;
  return slope >= least ? { slope, offset } : { slope: least, offset: offset + (slope - least) * mean };
}

function moments(scores: Scores): { mean: number; std: number } {
  const n = scores.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += scores[i]!;
  if (n === 0 || !Number.isFinite(sum)) {
    throw new MmdinError("DATA", "Platt scaling needs finite scores", {
      where: "fitPlatt",
      expected: "at least one row, every score finite",
      got: n === 0 ? "no rows" : "NaN or Infinity",
    });
  }
  const mean = sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (scores[i]! - mean) ** 2;
  return { mean, std: Math.sqrt(squares / n) || 1 };
}
