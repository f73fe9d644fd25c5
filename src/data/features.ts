import { secondsOf } from "../config/seconds.js";
import {
  type CodeArray,
  type FeatureSchema,
  FIRST_VALUE_CODE,
  MISSING_CODE,
  type Normaliser,
  UNKNOWN_CODE,
} from "./columns.js";

/** Skewness beyond which a number that is never negative is taken on a log scale. */
const SKEWED = 1;

const codesOf = new WeakMap<readonly string[], Map<string, number>>();

/**
 * The code of one category value: MISSING_CODE for null and empty text, UNKNOWN_CODE for a value not seen in training.
 * Numbers and booleans are written as JavaScript writes them, as at `prepare`.
 */
export function encodeCategory(vocabulary: readonly string[], value: unknown): number {
  if (value === null || value === undefined || value === "") return MISSING_CODE;
  let codes = codesOf.get(vocabulary);
  if (!codes) {
    codes = new Map(vocabulary.map((text, index) => [text, index + FIRST_VALUE_CODE]));
    codesOf.set(vocabulary, codes);
  }
  return codes.get(String(value)) ?? UNKNOWN_CODE;
}

/**
 * A feature's value as the columns hold it: the code of a category, the raw number of a number (NaN is missing). A date
 * given for a number is its seconds since 1970, as at `prepare`.
 */
export function encodeFeature(schema: FeatureSchema, value: unknown): number {
  if (schema.kind === "category") return encodeCategory(schema.vocabulary, value);
  if (value === null || value === undefined || value === "") return Number.NaN;
  const plain = Number(value);
  const number = Number.isNaN(plain) && typeof value === "string" ? secondsOf(value) : plain;
  return Number.isFinite(number) ? number : Number.NaN;
}

/** x' = (f(x) - mean) / std with f = log1p of max(x, 0) where `log`, else the identity. NaN stays NaN. */
export function normalise({ log, mean, std }: Normaliser, value: number): number {
  return ((log ? Math.log1p(Math.max(value, 0)) : value) - mean) / std;
}

/**
 * Fits a normaliser on the values that are present. The log scale is taken where no value is negative, the skewness
 * m3 / m2^1.5 is above 1, and the logarithm brings it closer to 0. A constant gets std 1; no value at all, mean 0.
 */
export function fitNormaliser(values: Float32Array | Float64Array): Normaliser {
  const plain = moments(values, false);
  const log = plain.least >= 0 && plain.skewness > SKEWED ? moments(values, true) : undefined;
  const useLog = log !== undefined && Math.abs(log.skewness) < plain.skewness;
  const { mean, std } = useLog ? log : plain;
  return { log: useLog, mean, std };
}

function moments(values: Float32Array | Float64Array, log: boolean) {
  let count = 0;
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    count++;
    if (value < least) least = value;
    sum += log ? Math.log1p(value) : value;
  }
  const mean = count ? sum / count : 0;
  let second = 0;
  let third = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    const d = (log ? Math.log1p(value) : value) - mean;
    second += d * d;
    third += d * d * d;
  }
  const variance = count ? second / count : 0;
  const std = Math.sqrt(variance);
  const constant = !(std > 1e-9 * Math.max(1, Math.abs(mean)));
  return { mean, least, std: constant ? 1 : std, skewness: constant ? 0 : third / count / (variance * std) };
}

/** The narrowest array that holds codes below `limit`. */
export function codeArray(length: number, limit: number): CodeArray {
  if (limit <= 256) return new Uint8Array(length);
  return limit <= 65_536 ? new Uint16Array(length) : new Int32Array(length);
}
