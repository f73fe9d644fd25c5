/** Float32 holds no more; so vectors of one direction tie, whatever their lengths. */
const DIGITS = 1e7;

/** A row of a table of vectors, and the cosine of its angle to the query's, in [-1, 1]. */
export interface NearRow {
  row: number;
  similarity: number;
}

export interface NearestOptions {
  /** Numbers of a vector, D. */
  dimension: number;
  /** The row that is asked for; it is left out of the answer. */
  query: number;
  /** How many rows at most. */
  count: number;
  /** Sets rows of equal similarity in order. Default: by row. */
  order?: (a: number, b: number) => number;
}

/**
 * The rows nearest to one of them, nearest first, exact: one pass over the values.
 *
 * similarity(a, b) = a . b / (|a| |b|), rounded to 7 digits; 0 where a vector is all zeros.
 *
 * @param values [rows * D], finite
 */
export function nearestVectors(
  values: Float32Array,
  { dimension, query, count, order = (a, b) => a - b }: NearestOptions,
): NearRow[] {
  const similarity = similarities(values, { dimension, query });
  const others = similarity.length - 1;
  const wanted = Math.min(count, others);
  if (wanted <= 0) return [];
  similarity[query] = Number.NEGATIVE_INFINITY;
  // Whatever reaches the last place is a candidate, so that ties across it are settled by `order` too.
  const last = similarity.slice().sort()[similarity.length - wanted]!;
  const near: NearRow[] = [];
  for (let row = 0; row < similarity.length; row++) {
    if (row !== query && similarity[row]! >= last) near.push({ row, similarity: similarity[row]! });
  }
  return near.sort((a, b) => b.similarity - a.similarity || order(a.row, b.row)).slice(0, wanted);
}

function similarities(
  values: Float32Array,
  { dimension, query }: Pick<NearestOptions, "dimension" | "query">,
): Float64Array {
  const rows = values.length / dimension;
  const similarity = new Float64Array(rows);
  const target = values.subarray(query * dimension, (query + 1) * dimension);
  const length = Math.sqrt(target.reduce((sum, value) => sum + value * value, 0));
  for (let row = 0, at = 0; row < rows; row++) {
    let dot = 0;
    let square = 0;
    for (let d = 0; d < dimension; d++, at++) {
      const value = values[at]!;
      dot += value * target[d]!;
      square += value * value;
    }
    const lengths = length * Math.sqrt(square);
    similarity[row] = lengths === 0 ? 0 : Math.round((dot / lengths) * DIGITS) / DIGITS;
  }
  return similarity;
}
