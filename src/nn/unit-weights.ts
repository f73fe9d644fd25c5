import { add, slice, sub, type Tensor } from "../graph/index.js";
import type { AttentionOptions } from "./attention-options.js";
import type { Builder } from "./builder.js";

type Units = Pick<AttentionOptions, "name" | "heads" | "hidden">;

/** Weights of the first layer of one head, split as `attend` says. */
export interface UnitWeights {
  query: Tensor; // [width of the head, h]
  key: Tensor; // [width of the head, h]
  product: Tensor; // [width of the head, h]
  behaviour: Tensor | null; // [W, h]
}

export interface FirstWeights {
  heads: UnitWeights[];
  bias: Tensor; // [H h]
}

export function unitWeights(
  builder: Builder,
  { name, heads, hidden }: Units,
  { behaviourWidth }: { behaviourWidth: number },
): FirstWeights {
  const units = hidden[0]!;
  const split = heads.map((head): UnitWeights => {
    const width = head.query.end - head.query.start;
    const fanIn = 4 * width + behaviourWidth;
    const weight = builder.parameter(`${name}.${head.name}.0.weight`, [fanIn, units], {
      initial: { kind: "glorot", fanIn, fanOut: units },
    });
    const part = (index: number): Tensor => slice(weight, { axis: 0, start: index * width, end: (index + 1) * width });
    const [q, k, difference, product] = [part(0), part(1), part(2), part(3)];
    return {
      query: add(q, difference),
      key: sub(k, difference),
      product,
      behaviour: behaviourWidth > 0 ? slice(weight, { axis: 0, start: 4 * width, end: fanIn }) : null,
    };
  });
  const bias = builder.parameter(`${name}.0.bias`, [heads.length * units], { initial: { kind: "constant", value: 0 } });
  return { heads: split, bias };
}

/** What follows a hidden layer: weights [units of the layer, units of the next] by head, and their bias [H units of the next]. */
export function nextWeights(
  builder: Builder,
  { name, heads, hidden }: Units,
  layer: number,
): { weights: Tensor[]; bias: Tensor; units: number } {
  const from = hidden[layer]!;
  const units = hidden[layer + 1] ?? 1;
  const next = units === 1 && layer === hidden.length - 1 ? `${name}.out` : `${name}.${layer + 1}`;
  const weights = heads.map((head) =>
    builder.parameter(`${next}.${head.name}.weight`, [from, units], {
      initial: { kind: "glorot", fanIn: from, fanOut: units },
    }),
  );
  const bias = builder.parameter(`${next}.bias`, [heads.length * units], { initial: { kind: "constant", value: 0 } });
  return { weights, bias, units };
}
