import { isPair } from "./terms.js";

/** Terms that are kept, by ascending hash, and the weight of each. */
export interface Vocabulary {
  hashes: Int32Array;
  idf: Float32Array;
}

/** Rows of few numbers: row r holds values[k] in column columns[k], k from starts[r] to starts[r + 1]. */
export interface SparseRows {
  rows: number;
  columns: number;
  starts: Int32Array;
  column: Int32Array;
  value: Float32Array;
}

const LEAST_TEXTS = 2;
/** A term in more than this share of the texts says nothing of any of them. */
const LARGEST_SHARE = 0.5;
/** A catalogue of fewer items, or one of texts that are all alike, keeps every term. */
const FEW_TEXTS = 20;
/** A pair of words repeats what its words say: at full weight pairs cost quality on film plots. */
const PAIR_WEIGHT = 0.5;

/**
 * Chooses the terms: in at least two texts, in no more than half of them, the most frequent ones first up to `most`.
 * idf = ln((1 + texts) / (1 + texts with the term)) + 1, half of it for a pair of words.
 */
export function fitVocabulary(texts: readonly Int32Array[], { most }: { most: number }): Vocabulary {
  const frequency = new Map<number, number>();
  for (const counts of texts) {
    for (let k = 0; k < counts.length; k += 2) frequency.set(counts[k]!, (frequency.get(counts[k]!) ?? 0) + 1);
  }
  const telling = [...frequency].filter(([, n]) => n >= LEAST_TEXTS && n <= LARGEST_SHARE * texts.length);
  const kept = (texts.length < FEW_TEXTS || telling.length === 0 ? [...frequency] : telling)
    .sort(([a, n], [b, m]) => m - n || a - b)
    .slice(0, most)
    .sort(([a], [b]) => a - b);
  return {
    hashes: Int32Array.from(kept, ([hash]) => hash),
    idf: Float32Array.from(kept, ([hash, n]) => {
      return (isPair(hash) ? PAIR_WEIGHT : 1) * (Math.log((1 + texts.length) / (1 + n)) + 1);
    }),
  };
}

/**
 * TF-IDF rows of length 1: (1 + ln count) idf for each term of the vocabulary, divided by their root of squares (Salton and
 * Buckley, Term-weighting approaches in automatic text retrieval, 1988). A text without a known term is an empty row.
 */
export function tfIdf(texts: readonly Int32Array[], { hashes, idf }: Vocabulary): SparseRows {
  const starts = new Int32Array(texts.length + 1);
  const column: number[] = [];
  const value: number[] = [];
  texts.forEach((counts, row) => {
    const first = column.length;
    let square = 0;
    for (let k = 0; k < counts.length; k += 2) {
      const place = placeOf(counts[k]!, hashes);
      if (place < 0) continue;
      const weight = (1 + Math.log(counts[k + 1]!)) * idf[place]!;
      column.push(place);
      value.push(weight);
      square += weight * weight;
    }
    for (let k = first; k < value.length; k++) value[k]! /= Math.sqrt(square);
    starts[row + 1] = column.length;
  });
  return {
    rows: texts.length,
    columns: hashes.length,
    starts,
    column: Int32Array.from(column),
    value: Float32Array.from(value),
  };
}

/** The place of a hash among ascending ones, -1 where it is none of them. */
function placeOf(hash: number, hashes: Int32Array): number {
  let low = 0;
  let high = hashes.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = hashes[middle]!;
    if (found === hash) return middle;
    if (found < hash) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
