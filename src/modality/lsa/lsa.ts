import type { Tensor } from "../../data/safetensors.js";
import { MmdinError } from "../../errors.js";
import type { Features, Projection, ProjectionState, TextEncoder } from "../encoder.js";
import { termCounts } from "./terms.js";
import { fitVocabulary, tfIdf, type Vocabulary } from "./tf-idf.js";
import { times, truncatedSvd } from "./truncated-svd.js";

const DIMENSION = 128;
const MOST_TERMS = 12_000;
/** Changes with everything in this folder that changes features: words, stems, hashes. */
const VERSION = "1";

/**
 * Latent semantic analysis: TF-IDF of words and pairs of words, reduced to the 128 strongest singular directions that the texts
 * of the training slice have (fewer where they have fewer), less their mean.
 *
 * z(text) = (x V - m) / s, with x [terms] the TF-IDF row, V [terms, D] the right singular vectors, m the mean over the training
 * texts, and s such that the mean square of |z| over them is 1. Needs no weights, no download and no language: a text
 * of which no term was seen in training is missing.
 *
 * Deerwester, Dumais, Furnas, Landauer and Harshman, Indexing by latent semantic analysis (1990).
 */
export function lsaEncoder(): TextEncoder {
  return {
    id: "lsa",
    version: VERSION,
    kind: "text",
    dimension: DIMENSION,
    batchSize: 256,
    encode: async (texts) => texts.map(termCounts),
    fit,
    restore,
  };
}

function fit(features: readonly Features[]): Projection {
  const texts = features.map(countsOf);
  const vocabulary = fitVocabulary(texts, { most: MOST_TERMS });
  if (vocabulary.hashes.length === 0) {
    const fix = "Look at what the expression gives, or leave the modality out.";
    throw new MmdinError("DATA", "no text of the training slice has a word in it", { fix });
  }
  const rows = tfIdf(texts, vocabulary);
  const { right, rank } = truncatedSvd(rows, { rank: DIMENSION });
  const projected = times(rows, { by: right, width: rank });
  const mean = new Float64Array(rank);
  for (let at = 0; at < projected.length; at++) mean[at % rank]! += projected[at]! / rows.rows;
  let square = 0;
  for (let at = 0; at < projected.length; at++) square += (projected[at]! - mean[at % rank]!) ** 2 / rows.rows;
  // One text, or texts that are all the same: nothing to scale by.
  const scale = square > 1e-12 ? 1 / Math.sqrt(square) : 1;
  return new LsaProjection(vocabulary, { right: right.map((x) => x * scale), mean: mean.map((x) => x * scale) });
}

function restore(state: ProjectionState): Projection {
  const [hashes, idf, right, mean] = ["hashes", "idf", "right", "mean"].map((name) => state.get(name)?.data);
  const fits = hashes instanceof Int32Array && idf instanceof Float32Array && right instanceof Float32Array;
  if (!fits || !(mean instanceof Float32Array) || right.length !== hashes.length * mean.length) {
    throw new MmdinError("FORMAT", "not what lsa once fitted", { expected: "tensors hashes, idf, right and mean" });
  }
  return new LsaProjection({ hashes, idf }, { right, mean });
}

class LsaProjection implements Projection {
  readonly dimension: number;
  readonly state: ProjectionState;
  readonly #vocabulary: Vocabulary;
  readonly #right: Float32Array;
  readonly #mean: Float32Array;

  constructor(vocabulary: Vocabulary, { right, mean }: { right: Float32Array; mean: ArrayLike<number> }) {
    this.dimension = mean.length;
    this.#vocabulary = vocabulary;
    this.#right = right;
    this.#mean = Float32Array.from(mean);
    const terms = vocabulary.hashes.length;
    this.state = new Map<string, Tensor>([
      ["hashes", { shape: [terms], data: vocabulary.hashes }],
      ["idf", { shape: [terms], data: vocabulary.idf }],
      ["right", { shape: [terms, this.dimension], data: right }],
      ["mean", { shape: [this.dimension], data: this.#mean }],
    ]);
  }

  project(features: Features): Float32Array | { unreadable: string } {
    const row = tfIdf([countsOf(features)], this.#vocabulary);
    if (row.value.length === 0) return { unreadable: "no word that training knows" };
    const product = times(row, { by: this.#right, width: this.dimension });
    return Float32Array.from(product, (x, d) => x - this.#mean[d]!);
  }
}

function countsOf(features: Features): Int32Array {
  if (features instanceof Int32Array) return features;
  throw new MmdinError("FORMAT", "not the features of lsa", { expected: "counts of terms", got: "other numbers" });
}
