import { add, div, mul, reduceMean, sqrt, sub, type Tensor } from "../graph/index.js";
import { type Builder, widthOf } from "./builder.js";

const EPSILON = 1e-5;

/**
 * Layer normalisation: y = gain (x - E[x]) / sqrt(Var[x] + 1e-5) + bias, moments over the last axis; gain starts at 1, bias
 * at 0.
 *
 * Shapes: [..., n] -> [..., n]. Ba et al., Layer Normalization (2016), https://arxiv.org/abs/1607.06450
 */
export const layerNorm = (builder: Builder, x: Tensor, { name }: { name: string }): Tensor =>
  layerNormOf(builder, { name, width: widthOf(x) })(x);

/** The same, declared once and used on several tensors of one width. */
export function layerNormOf(builder: Builder, { name, width }: { name: string; width: number }): (x: Tensor) => Tensor {
  return builder.layer(name, () => {
    const gain = builder.parameter(`${name}.gain`, [width], { initial: { kind: "constant", value: 1 } });
    const bias = builder.parameter(`${name}.bias`, [width], { initial: { kind: "constant", value: 0 } });
    return (x) => {
      const centred = sub(x, reduceMean(x, { axes: [-1], keepDims: true }));
      const variance = reduceMean(mul(centred, centred), { axes: [-1], keepDims: true });
      return add(mul(mul(centred, div(1, sqrt(add(variance, EPSILON)))), gain), bias);
    };
  });
}
