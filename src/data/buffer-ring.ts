/**
 * Float buffers by name, each used again every `depth` batches: what a batch fills is memory that the process already has, where
 * fresh memory costs more than what is written into it. Depth 0 gives fresh, zeroed arrays.
 */
export class BufferRing {
  readonly #depth: number;
  readonly #buffers = new Map<string, Float32Array>();
  #turn = 0;

  constructor(depth: number) {
    this.#depth = depth;
  }

  /** The next batch begins. */
  turn(): void {
    this.#turn++;
  }

  /** An array of this size, to be written whole: it may hold what an older batch left. */
  take(name: string, size: number): Float32Array {
    if (this.#depth === 0) return new Float32Array(size);
    const key = `${name} ${this.#turn % this.#depth}`;
    let buffer = this.#buffers.get(key);
    if (buffer === undefined || buffer.length < size) {
      buffer = new Float32Array(size);
      this.#buffers.set(key, buffer);
    }
    return buffer.subarray(0, size);
  }
}
