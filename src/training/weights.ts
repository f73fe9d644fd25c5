import { MmdinError } from "../errors.js";
import type { Builder } from "../nn/builder.js";
import { initialise } from "../nn/initial.js";
import { RandomStream } from "../random.js";

export interface WeightSpec {
  name: string;
  shape: readonly number[];
}

/** All weights of a model by name: dense parameters, embedding tables and states (running moments). */
export class Weights {
  readonly arrays: Map<string, Float32Array>;
  readonly specs: WeightSpec[];

  private constructor(specs: WeightSpec[], arrays: Map<string, Float32Array>) {
    this.specs = specs;
    this.arrays = arrays;
  }

  /** Fresh weights of a model, drawn by seed: each array from a stream of its own name. */
  static initial(builder: Builder, { seed }: { seed: number }): Weights {
    const arrays = new Map<string, Float32Array>();
    for (const { name, shape, initial } of builder.parameters.values()) {
      arrays.set(name, initialise(elements(shape), { initial, random: new RandomStream(seed, "weight", name) }));
    }
    for (const { name, rows, dimension, initial } of builder.tables.values()) {
      arrays.set(name, initialise(rows * dimension, { initial, random: new RandomStream(seed, "weight", name) }));
    }
    for (const { name, shape, initial } of builder.states.values()) {
      arrays.set(name, new Float32Array(elements(shape)).fill(initial));
    }
    return new Weights(weightSpecs(builder), arrays);
  }

  /** Weights read from a file; names and sizes must be those of the model. */
  static of(builder: Builder, arrays: Map<string, Float32Array>): Weights {
    const specs = weightSpecs(builder);
    for (const { name, shape } of specs) {
      const size = arrays.get(name)?.length;
      if (size !== elements(shape)) {
        throw new MmdinError("MISMATCH", `weight ${name} does not fit the model`, {
          expected: `${elements(shape)} values`,
          got: size === undefined ? "none" : `${size}`,
        });
      }
    }
    return new Weights(specs, arrays);
  }

  get(name: string): Float32Array {
    const array = this.arrays.get(name);
    if (array === undefined) throw new MmdinError("MODEL", `there is no weight ${name}`);
    return array;
  }

  /** A deep copy. */
  copy(): Weights {
    return new Weights(this.specs, new Map([...this.arrays].map(([name, array]) => [name, array.slice()])));
  }

  /** A deep copy in memory that worker threads can be given, to read what is changed here. */
  shared(): Weights {
    const arrays = new Map<string, Float32Array>();
    for (const [name, array] of this.arrays) {
      const copy = new Float32Array(new SharedArrayBuffer(array.byteLength));
      copy.set(array);
      arrays.set(name, copy);
    }
    return new Weights(this.specs, arrays);
  }

  /** Takes over all values of another set of the same model. */
  assign(other: Weights): void {
    for (const [name, array] of this.arrays) array.set(other.get(name));
  }
}

/** Name and shape of everything that a run folder keeps of a model. */
export function weightSpecs(builder: Builder): WeightSpec[] {
  return [
    ...[...builder.parameters.values()].map(({ name, shape }) => ({ name, shape })),
    ...[...builder.tables.values()].map(({ name, rows, dimension }) => ({ name, shape: [rows, dimension] })),
    ...[...builder.states.values()].map(({ name, shape }) => ({ name, shape })),
  ];
}

/** Number of weights that a model declares. */
export function countWeights(builder: Builder): number {
  return weightSpecs(builder).reduce((sum, { shape }) => sum + elements(shape), 0);
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
