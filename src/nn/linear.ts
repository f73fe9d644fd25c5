import { add, matmul, type Tensor } from "../graph/index.js";
import { type Builder, widthOf } from "./builder.js";
import type { Initial } from "./initial.js";

export interface LinearOptions {
  name: string;
  /** Width of the output. */
  units: number;
  /** Default true. */
  bias?: boolean;
  /** How W starts; default Glorot's uniform. */
  initial?: Initial;
}

/**
 * Linear layer: y = x W + b.
 *
 * Shapes: x [..., n], W [n, units], b [units] -> y [..., units]. W starts at U(-a, a), a = sqrt(6 / (n + units)), b at 0.
 */
export function linear(builder: Builder, x: Tensor, { name, units, bias = true, initial }: LinearOptions): Tensor {
  const width = widthOf(x);
  return builder.layer(name, () => {
    const weight = { initial: initial ?? ({ kind: "glorot", fanIn: width, fanOut: units } as const) };
    const product = matmul(x, builder.parameter(`${name}.weight`, [width, units], weight));
    return bias
      ? add(product, builder.parameter(`${name}.bias`, [units], { initial: { kind: "constant", value: 0 } }))
      : product;
  });
}
