import { add, cast, constant, gather, less, mul, reduceSum, relu, slice, sub, type Tensor } from "../graph/index.js";
import { isotonicSegments, type LogitMap } from "../metrics/index.js";

/** Stands for infinity where a graph subtracts. */
const LARGEST = 3e38;

/**
 * Calibrated logits, in the graph.
 *
 * none: x; platt: slope x + offset; isotonic: min(to_k + slope_k (x - from_k), most_k), k = number of knots below x
 *
 * `shift` is added to what comes of it.
 *
 * Shapes: logits [B, 1] -> [B, 1]. The map's numbers are constants of the graph, so a graph that is exported holds its calibration.
 *
 * The piece of an isotonic map is looked up, not summed up from relus over its knots: the sum over 64 steep pieces loses 1e-4 to
 * rounding, this stays within 1e-5 of double precision for logits from -20 to 20. The minimum keeps the pieces from overlapping by a
 * last bit, so the map never falls in 32 bits either.
 */
export function calibrated(logits: Tensor, map: LogitMap, { shift = 0 }: { shift?: number } = {}): Tensor {
  const mapped = mappedLogits(logits, map);
  return shift === 0 ? mapped : add(mapped, shift);
}

function mappedLogits(logits: Tensor, map: LogitMap): Tensor {
  if (map.kind === "none") return logits;
  if (map.kind === "platt") return add(mul(logits, map.slope), map.offset);
  const segments = isotonicSegments(map);
  const table = segments.flatMap(({ from, to, slope, most }) => [from, to, slope, Math.min(most, LARGEST)]);
  const knots = constant(Float32Array.from(map.from), [1, map.from.length]);
  const below = cast(reduceSum(less(knots, logits), { axes: [1] }), "int32"); // [B]
  const piece = gather(constant(Float32Array.from(table), [segments.length, 4]), below); // [B, 4]
  const column = (start: number): Tensor => slice(piece, { start, end: start + 1 });
  const value = add(column(1), mul(column(2), sub(logits, column(0))));
  return sub(value, relu(sub(value, column(3))));
}
