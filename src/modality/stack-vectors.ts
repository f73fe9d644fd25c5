/** Vectors one after the other: [vectors, dimension]. */
export function stackVectors(vectors: readonly Float32Array[], dimension: number): Float32Array {
  const values = new Float32Array(vectors.length * dimension);
  vectors.forEach((vector, at) => {
    values.set(vector, at * dimension);
  });
  return values;
}
