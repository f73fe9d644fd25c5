import type { ModalityColumn } from "../data/columns.js";
import {
  add,
  cast,
  concat,
  div,
  floor,
  gather,
  log,
  matmul,
  mul,
  oneHot,
  reduceSum,
  relu,
  reshape,
  sqrt,
  stopGradient,
  sub,
  type Tensor,
  unsqueeze,
} from "../graph/index.js";
import type { Builder } from "./builder.js";
import { linear } from "./linear.js";

export interface SimilarityTiersOptions {
  /** Frozen modalities to compare. */
  modalities: readonly (ModalityColumn & { kind: "vector" })[];
  /** Bins of the cosine, equal on [-1, 1]. */
  bins: number;
  /** Width of the embedding of each modality's counts. */
  dimension: number;
}

/**
 * Similarity tiers: for each frozen modality, how many history items fall in each bin of the cosine to the candidate,
 * log(1 + count), through a linear layer. An item without the modality is in no bin. Bin i holds
 * [2 i / bins - 1, 2 (i + 1) / bins - 1), the last one its upper edge too.
 *
 * Shapes: candidate int32 [B], history int32 [B, T], mask [B, T] -> [B, modalities * dimension].
 *
 * SimTier of Sheng et al., Enhancing Taobao Display Advertising with Multimodal Representations (2024),
 * https://arxiv.org/abs/2407.19467
 */
export function similarityTiers(
  builder: Builder,
  { candidate, history, mask }: { candidate: Tensor; history: Tensor; mask: Tensor },
  { modalities, bins, dimension }: SimilarityTiersOptions,
): Tensor {
  return builder.layer("tiers", () => {
    const embedded = modalities.map(({ name, dimension: width }) => {
      const vector = builder.batch({ from: "itemVector", modality: name }, { shape: ["U", width] });
      const present = builder.batch({ from: "present", modality: name }, { shape: ["U", 1] });
      const norm = sqrt(add(reduceSum(mul(vector, vector), { axes: [1], keepDims: true }), 1e-12));
      const unit = div(vector, norm);
      const cosine = matmul(gather(unit, history), unsqueeze(gather(unit, candidate), 2)); // [B, T, 1]
      const both = mul(reshape(gather(present, history), ["copy", "rest"]), gather(present, candidate)); // [B, T]
      const counted = mul(oneHot(binOf(reshape(cosine, ["copy", "rest"]), bins), bins), unsqueeze(mul(mask, both), 2));
      const counts = log(add(1, reduceSum(counted, { axes: [1] })));
      return linear(builder, stopGradient(counts), { name: `tiers.${name}`, units: dimension });
    });
    return concat(embedded);
  });
}

/** Bin of a cosine, int32. Rounding takes cosines a little beyond -1 and 1: they belong to the first and the last bin. */
function binOf(cosine: Tensor, bins: number): Tensor {
  const bin = floor(mul(relu(add(cosine, 1)), bins / 2));
  return cast(sub(bin, relu(sub(bin, bins - 1))), "int32");
}
