import { add, matmul, type Tensor } from "../graph/index.js";
import { type Builder, widthOf } from "./builder.js";

export interface LinearOptions {
  name: string;
  /** Width of the output. */
  units: number;
  /** Default true. */
  bias?: boolean;
}

/**
 * Linear layer: y = x W + b.
 *
 * Shapes: x [..., n], W [n, units], b [units] -> y [..., units]. W and b start at U(-a, a), a = sqrt(1 / n).
 */
export function linear(builder: Builder, x: Tensor, { name, units, bias = true }: LinearOptions): Tensor {
  const width = widthOf(x);
  return builder.layer(name, () => {
    const initial = { kind: "linear", fanIn: width } as const;
    const product = matmul(x, builder.parameter(`${name}.weight`, [width, units], { initial }));
    return bias ? add(product, builder.parameter(`${name}.bias`, [units], { initial })) : product;
  });
}
