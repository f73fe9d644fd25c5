import type { RandomStream } from "../random.js";

/** How a parameter starts. `fan` of a matrix [n, m] is its first axis; explicit where a matrix is a part of a larger one. */
export type Initial =
  | { kind: "constant"; value: number }
  | { kind: "normal"; std: number }
  /** U(-a, a) with a = sqrt(6 / (fanIn + fanOut)): Glorot and Bengio, 2010. */
  | { kind: "glorot"; fanIn: number; fanOut: number };

/** Fills an array with initial values, reproducibly. */
export function initialise(
  size: number,
  { initial, random }: { initial: Initial; random: RandomStream },
): Float32Array {
  const values = new Float32Array(size);
  switch (initial.kind) {
    case "constant":
      return values.fill(initial.value);
    case "normal":
      for (let i = 0; i < size; i++) values[i] = initial.std * random.normal();
      return values;
    case "glorot": {
      const limit = Math.sqrt(6 / (initial.fanIn + initial.fanOut));
      for (let i = 0; i < size; i++) values[i] = limit * (2 * random.uniform() - 1);
      return values;
    }
  }
}
