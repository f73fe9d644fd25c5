import { concat, mul, slice, softmax, type Tensor } from "../graph/index.js";
import type { Builder } from "./builder.js";
import type { ModalityRange } from "./item-encoder.js";
import { linear } from "./linear.js";

/**
 * Modality gates: g = M softmax(W [candidate, context] + b), one weight per modality, 1 on average. They say how much each
 * modality of this candidate is listened to at this moment, and scale what the modality contributes.
 *
 * Shapes: input [B, n] -> [B, M].
 */
export function modalityGates(builder: Builder, input: Tensor, { modalities }: { modalities: number }): Tensor {
  return mul(softmax(linear(builder, input, { name: "gates", units: modalities })), modalities);
}

/** Scales the parts of a joined vector [B, M D] (or a range of it) by the gates of their modalities. */
export function gated(
  joined: Tensor,
  {
    gates,
    ranges,
    covers,
  }: { gates: Tensor; ranges: readonly ModalityRange[]; covers: { start: number; end: number } },
): Tensor {
  const parts = ranges.flatMap(({ start, end }, m) => {
    if (start < covers.start || end > covers.end) return [];
    const own = slice(joined, { start: start - covers.start, end: end - covers.start });
    return [mul(own, slice(gates, { start: m, end: m + 1 }))];
  });
  return concat(parts);
}
