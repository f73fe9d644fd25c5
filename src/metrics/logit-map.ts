import { fitIsotonic, type IsotonicMap } from "./isotonic.js";
import type { Scores } from "./order.js";
import { fitRisingPlatt, type PlattScale } from "./platt.js";

/** How logits become calibrated logits; every kind is increasing, so that no order changes. Simplest first. */
export const LOGIT_MAP_KINDS = ["none", "platt", "isotonic"] as const;
export type LogitMapKind = (typeof LOGIT_MAP_KINDS)[number];

/** none: x; platt: slope x + offset, slope > 0; isotonic: a line through knots. */
export type LogitMap = { kind: "none" } | ({ kind: "platt" } & PlattScale) | ({ kind: "isotonic" } & IsotonicMap);

/**
 * Fits a map of one kind.
 *
 * @returns undefined where the kind is not defined on these rows: none of them, one class alone (isotonic), a score that is not finite.
 * @throws MmdinError SHAPE on columns of different lengths.
 */
export function fitLogitMap(
  kind: LogitMapKind,
  { logits, labels }: { logits: Scores; labels: Uint8Array },
): LogitMap | undefined {
  if (kind === "none") return { kind };
  if (logits.length === 0 || !logits.every(Number.isFinite)) return undefined;
  if (kind === "isotonic") {
    const map = fitIsotonic(logits, labels);
    return map && { kind, ...map };
  }
  return { kind, ...fitRisingPlatt(logits, labels) };
}

/** Logits under a map. */
export function applyLogitMap(logits: Scores, map: LogitMap): Float32Array {
  const at = logitMapFunction(map);
  return Float32Array.from(logits, at);
}

/** The map as a function of one logit, in double precision; `calibrated` of src/nn is the same in a graph. */
export function logitMapFunction(map: LogitMap): (logit: number) => number {
  if (map.kind === "none") return (logit) => logit;
  if (map.kind === "platt") return (logit) => map.slope * logit + map.offset;
  const segments = isotonicSegments(map);
  return (logit) => {
    let below = 0; // knots below the logit
    while (below < map.from.length && map.from[below]! < logit) below++;
    const { from, to, slope, most } = segments[below]!;
    return Math.min(to + slope * (logit - from), most);
  };
}

/** A straight piece of an isotonic map: to + slope (x - from), at most `most`. */
export interface Segment {
  from: number;
  to: number;
  slope: number;
  most: number;
}

/** The K + 1 pieces of a map of K knots: piece k is for logits that are above k knots. */
export function isotonicSegments({ from, to, outside: slope }: IsotonicMap): Segment[] {
  const last = from.length - 1;
  return [
    { slope, from: from[0]!, to: to[0]!, most: to[0]! },
    ...from.slice(0, last).map((x, k) => {
      const most = to[k + 1]!;
      return { from: x, to: to[k]!, slope: (most - to[k]!) / (from[k + 1]! - x), most };
    }),
    { slope, from: from[last]!, to: to[last]!, most: Number.POSITIVE_INFINITY },
  ];
}
