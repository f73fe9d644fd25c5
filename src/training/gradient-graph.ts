import type { Catalogue } from "../data/columns.js";
import { gradients, mul, reduceMean, softplus, sub, type Tensor } from "../graph/index.js";
import type { ConfiguredModel } from "../models/registry.js";
import { Builder, type ParameterSpec, type StateSpec, type TableUse } from "../nn/builder.js";

/** A dense parameter and the input that stands for it. */
type Parameter = ParameterSpec & { tensor: Tensor };

/** What is trained by gradient, each in the order in which it was declared. */
export interface Trained {
  parameters: Parameter[];
  /** Tables as the graph reads them; one table may be read twice. */
  tables: TableUse[];
  /** Running moments, which the graph gives new values for. */
  states: (StateSpec & { update: { value: Tensor; momentum: number } })[];
}

/** The training graph of a model: loss, logits, gradients and new states as named outputs. */
export interface GradientGraph {
  builder: Builder;
  trained: Trained;
  outputs: Record<string, Tensor>;
}

/** Names of the outputs. */
export const gradientOf = (name: string): string => `gradient:${name}`;
export const nextOf = (state: string): string => `next:${state}`;

/**
 * Mean binary cross-entropy of logits z [B, 1] and labels y [B, 1]: mean(softplus(z) - y z), stable for any z.
 */
export function binaryCrossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return reduceMean(sub(softplus(logits), mul(labels, logits)));
}

/** Builds loss, gradients and new states of a model as named outputs. */
export function gradientGraph(model: ConfiguredModel, catalogue: Catalogue): GradientGraph {
  const builder = new Builder({ training: true });
  const { logits } = model.forward(builder, { catalogue });
  const loss = binaryCrossEntropy(logits, builder.batch({ from: "label" }, { shape: ["B", 1] }));
  const parameters = [...builder.parameters.values()];
  const tables = [...builder.tableUses.values()].filter(({ table }) => builder.tables.get(table)!.trainable);
  const states = [...builder.states.values()].flatMap((state) =>
    state.update === undefined ? [] : [{ ...state, update: state.update }],
  );
  const found = gradients(
    loss,
    [...parameters, ...tables].map(({ tensor }) => tensor),
  );
  const outputs: Record<string, Tensor> = { loss, logits };
  [...parameters.map(({ name }) => name), ...tables.map(({ input }) => input)].forEach((name, i) => {
    outputs[gradientOf(name)] = found[i]!;
  });
  for (const { name, update } of states) outputs[nextOf(name)] = update.value;
  return { builder, trained: { parameters, tables, states }, outputs };
}
