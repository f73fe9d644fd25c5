/**
 * A seeded source of chance that can be split by name, so that each part of the world draws from its own stream and a
 * change in one part leaves the others' numbers as they were.
 *
 * The generator is xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018,
 * https://arxiv.org/abs/1805.01407); its 128 bits of state come from the seed and the path of names through splitmix32.
 */
export class Random {
  readonly #path: string;
  readonly #state: Uint32Array;
  #spareNormal = Number.NaN;

  /** @param seed Any whole number. @param path Names of the streams from the root to this one. */
  constructor(
    readonly seed: number,
    path = "",
  ) {
    this.#path = path;
    this.#state = stateFor(seed, path);
  }

  /** An independent stream, fixed by the seed and the names that lead to it; nothing is drawn from this one. */
  fork(name: string): Random {
    return new Random(this.seed, `${this.#path}/${name}`);
  }

  /** 32 random bits, as a whole number in [0, 2^32). */
  bits(): number {
    const s = this.#state;
    const [a, b, c, d] = [s[0]!, s[1]!, s[2]!, s[3]!];
    const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    s[2] = c ^ a;
    s[3] = d ^ b;
    s[1] = b ^ s[2]!;
    s[0] = a ^ s[3]!;
    s[2] = s[2]! ^ (b << 9);
    s[3] = rotate(s[3]!, 11);
    return scrambled;
  }

  /** Uniform in [0, 1), with 53 random bits. */
  uniform(): number {
    return ((this.bits() >>> 5) * 67_108_864 + (this.bits() >>> 6)) / 9_007_199_254_740_992;
  }

  /** A whole number in [0, n). */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Normal with mean 0 and variance 1 (Box and Muller's polar form, both halves used). */
  normal(): number {
    if (!Number.isNaN(this.#spareNormal)) {
      const spare = this.#spareNormal;
      this.#spareNormal = Number.NaN;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.#spareNormal = y * scale;
      return x * scale;
    }
  }

  /** Exponential with the given mean. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** A direction drawn uniformly: a vector of length 1 in `dimension` dimensions. */
  direction(dimension: number): Float64Array {
    const vector = Float64Array.from({ length: dimension }, () => this.normal());
    const length = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
    return vector.map((x) => x / length);
  }

  /** The whole numbers 0 .. n-1 in a random order (Fisher and Yates). */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = order[i]!;
      order[i] = order[j]!;
      order[j] = kept;
    }
    return order;
  }
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

function stateFor(seed: number, path: string): Uint32Array {
  let key = mix(seed >>> 0) ^ mix(Math.floor(seed / 4_294_967_296) + 0x51ed);
  for (let i = 0; i < path.length; i++) key = mix(key ^ path.charCodeAt(i));
  const state = new Uint32Array(4);
  for (let i = 0; i < 4; i++) {
    key = (key + 0x9e3779b9) >>> 0;
    state[i] = mix(key);
  }
  if (state.every((word) => word === 0)) state[0] = 1; // the one state that xoshiro never leaves
  return state;
}

/** The finishing step of splitmix32: a bijection that spreads every bit over the whole word. */
function mix(x: number): number {
  let z = (x + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
