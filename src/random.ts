/**
 * A counter-based generator: the n-th number of a stream is a hash of (seed, stream, n), so any number can be drawn at any
 * time, by any thread, and a run that resumes draws what it would have drawn. The mixing is that of MurmurHash3's
 * 32-bit finaliser (Appleby, 2011, public domain), applied after each word.
 */
export class RandomStream {
  readonly #key: number;
  #counter = 0;

  constructor(seed: number, ...stream: (number | string)[]) {
    let key = mix(seed >>> 0, Math.floor(seed / 2 ** 32));
    for (const part of stream) key = typeof part === "number" ? mix(key, part) : mixText(key, part);
    this.#key = key;
  }

  /** The n-th number of the stream, an integer in [0, 2^32). */
  at(n: number): number {
    return mix(this.#key, n);
  }

  /** The next integer in [0, 2^32). */
  next(): number {
    return this.at(this.#counter++);
  }

  /** The next number in [0, 1). */
  uniform(): number {
    return this.next() / 2 ** 32;
  }

  /** The next integer in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }

  /** The next standard normal number (Box and Muller, 1958). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle(values: Int32Array | Uint32Array | number[]): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const value = values[i]!;
      values[i] = values[j]!;
      values[j] = value;
    }
  }
}

/** Hashes one more 32-bit word into a key. */
export function mix(key: number, word: number): number {
  let h = (key ^ Math.imul(word | 0, 0x9e3779b1)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  h = Math.imul((h + 0x9e3779b9) | 0, 0x27d4eb2f);
  return (h ^ (h >>> 15)) >>> 0;
}

function mixText(key: number, text: string): number {
  let h = key;
  for (let i = 0; i < text.length; i++) h = mix(h, text.charCodeAt(i));
  return h;
}
