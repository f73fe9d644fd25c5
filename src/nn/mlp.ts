import type { Tensor } from "../graph/index.js";
import { type Activation, activation } from "./activation.js";
import type { Builder } from "./builder.js";
import { linear } from "./linear.js";

export interface MlpOptions {
  name: string;
  /** Width of each hidden layer. */
  units: readonly number[];
  activation: Activation;
  /** Dropout after each hidden layer; default 0. */
  dropout?: number;
}

/** Hidden layers: x <- dropout(activation(x W + b)), once per entry of `units`. Shapes: [B, n] -> [B, last of units]. */
export function mlp(builder: Builder, x: Tensor, { name, units, activation: kind, dropout = 0 }: MlpOptions): Tensor {
  return units.reduce((hidden, width, layer) => {
    const at = `${name}.${layer}`;
    const active = activation(builder, linear(builder, hidden, { name: at, units: width }), { name: at, kind });
    return builder.dropout(active, { name: at, rate: dropout });
  }, x);
}
