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
  reshape,
  sqrt,
  stopGradient,
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
 * log(1 + count), through a linear layer. An item without the modality is in no bin.
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
      // Just under the last edge, so that a cosine of 1 falls in the last bin.
      const bin = cast(floor(mul(add(reshape(cosine, ["copy", "rest"]), 1), bins * 0.49999)), "int32");
      const counted = mul(oneHot(bin, bins), unsqueeze(mul(mask, both), 2));
      const counts = log(add(1, reduceSum(counted, { axes: [1] })));
      return linear(builder, stopGradient(counts), { name: `tiers.${name}`, units: dimension });
    });
    return concat(embedded);
  });
}
