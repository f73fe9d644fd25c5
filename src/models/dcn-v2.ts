import { z } from "zod";
import { concat } from "../graph/index.js";
import type { Builder } from "../nn/builder.js";
import { crossLayers } from "../nn/cross.js";
import { linear } from "../nn/linear.js";
import { mlp } from "../nn/mlp.js";
import { HIDDEN_IDS, networkOptions, textbookFeatures } from "./baseline-options.js";
import { encodeFields, joinFields } from "./fields.js";
import type { ForwardContext, ModelDefinition, ModelOutput } from "./model.js";

const options = z.strictObject({
  ...textbookFeatures,
  ...networkOptions,
  cross: z
    .strictObject({
      layers: z.int().min(1).default(2).describe("cross layers"),
      rank: z.int().min(0).default(0).describe("rank of their matrices; 0 is full"),
    })
    .prefault({}),
});
export type DcnV2Options = z.infer<typeof options>;

/**
 * DCN-v2, parallel: cross layers beside an MLP over the same fields, logit = w . [cross(x), MLP(x)] + b, with
 * x_{l+1} = x * (W_l x_l + b_l) + x_l.
 *
 * Shapes: x = fields and statistics [B, n] -> logits [B, 1]. Matrices are full by default, as in the paper's first form; a rank
 * makes them its second. Its mixture of experts is left out.
 *
 * Wang et al., DCN V2: Improved Deep & Cross Network (2021), https://arxiv.org/abs/2008.13535. Dice in the MLP, as in our `din`,
 * where the paper has ReLU.
 */
export const dcnV2: ModelDefinition<DcnV2Options> = {
  name: "dcn-v2",
  description: "cross layers beside an MLP, DCN-v2 (arXiv 2008.13535)",
  options,
  hiddenIds: HIDDEN_IDS,
  forward(builder: Builder, context: ForwardContext<DcnV2Options>): ModelOutput {
    const { cross, mlp: deep } = context.options;
    const x = joinFields(encodeFields(builder, context));
    const crossed = crossLayers(builder, x, { name: "cross", ...cross });
    const hidden = mlp(builder, x, { name: "mlp", ...deep });
    return { logits: linear(builder, concat([crossed, hidden]), { name: "score", units: 1 }) };
  },
};
