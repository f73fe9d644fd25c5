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
export function linear(builder: Builder, x: Tensor, options: LinearOptions): Tensor {
  return builder.layer(options.name, () => linearOf(builder, { ...options, width: widthOf(x) })(x));
}

/** The same for several tensors [..., width]: its weights are declared here, once. */
export function linearOf(
  builder: Builder,
  { name, width, units, bias: shifted = true, initial }: LinearOptions & { width: number },
): (x: Tensor) => Tensor {
  const start = initial ?? ({ kind: "glorot", fanIn: width, fanOut: units } as const);
  const weight = builder.parameter(`${name}.weight`, [width, units], { initial: start });
  if (!shifted) return (x) => matmul(x, weight);
  const bias = builder.parameter(`${name}.bias`, [units], { initial: { kind: "constant", value: 0 } });
  return (x) => add(matmul(x, weight), bias);
}
