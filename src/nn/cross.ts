import { add, matmul, mul, type Tensor } from "../graph/index.js";
import { type Builder, widthOf } from "./builder.js";

export interface CrossOptions {
  name: string;
  /** Number of layers; default 2. */
  layers?: number;
  /** Rank of each W = U V; 0 (default) is a full matrix. */
  rank?: number;
}

/**
 * Cross layers of DCN-v2: x_{l+1} = x_0 * (W_l x_l + b_l) + x_l, W_l full or of low rank.
 *
 * Shapes: x [B, F] -> [B, F].
 *
 * Wang et al., DCN V2 (2021), https://arxiv.org/abs/2008.13535
 */
export function crossLayers(builder: Builder, x: Tensor, { name, layers = 2, rank = 0 }: CrossOptions): Tensor {
  const width = widthOf(x);
  let crossed = x;
  for (let layer = 0; layer < layers; layer++) {
    const at = `${name}.${layer}`;
    crossed = builder.layer(at, () => {
      const bias = builder.parameter(`${at}.bias`, [width], { initial: { kind: "constant", value: 0 } });
      let product: Tensor;
      if (rank > 0) {
        const down = builder.parameter(`${at}.down`, [width, rank], {
          initial: { kind: "glorot", fanIn: width, fanOut: rank },
        });
        const up = builder.parameter(`${at}.up`, [rank, width], {
          initial: { kind: "glorot", fanIn: rank, fanOut: width },
        });
        product = matmul(matmul(crossed, down), up);
      } else {
        const weight = builder.parameter(`${at}.weight`, [width, width], {
          initial: { kind: "glorot", fanIn: width, fanOut: width },
        });
        product = matmul(crossed, weight);
      }
      return add(mul(x, add(product, bias)), crossed);
    });
  }
  return crossed;
}
