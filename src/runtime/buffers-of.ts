/** Every distinct buffer of these arrays that can be handed to another thread without a copy; memory that threads share is left out. */
export function buffersOf(arrays: Iterable<ArrayBufferView | null>): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const array of arrays) if (array?.buffer instanceof ArrayBuffer) buffers.add(array.buffer);
  return [...buffers];
}
