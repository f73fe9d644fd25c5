import { z } from "zod";
import type { Catalogue, ModalityColumn } from "../data/columns.js";
import { MmdinError } from "../errors.js";
import { add, concat, gather, mul, slice, type Tensor } from "../graph/index.js";
import { attend } from "../nn/attention.js";
import type { AttentionHead } from "../nn/attention-options.js";
import { encodeBehaviour } from "../nn/behaviour.js";
import type { Builder } from "../nn/builder.js";
import { crossLayers } from "../nn/cross.js";
import { type EncodedItems, encodeItems, type ModalityRange } from "../nn/item-encoder.js";
import { layerNorm } from "../nn/layer-norm.js";
import { linear } from "../nn/linear.js";
import { mlp } from "../nn/mlp.js";
import { gated, modalityGates } from "../nn/modality-gates.js";
import { candidateOf, historyOf, lengthOf, maskOf } from "../nn/row-columns.js";
import { encodeRowFeatures, statisticsOf } from "../nn/row-features.js";
import { similarityTiers } from "../nn/similarity-tiers.js";
import { attentionOptions, featureOptions } from "./feature-options.js";
import { chooseModalities, type ForwardContext, idsOf, type ModelDefinition, type ModelOutput } from "./model.js";

const options = z.strictObject({
  ...featureOptions,
  dimension: z.int().positive().default(16).describe("width D of every modality's embedding"),
  heads: z
    .strictObject({
      perModality: z.int().min(0).default(1).describe("attention heads on each single modality"),
      joined: z.int().min(0).default(1).describe("attention heads on all modalities joined"),
      over: z
        .enum(["all", "ids"])
        .default("all")
        .describe("what the joined heads compare and pool: all modalities, or the id and the categories"),
      cross: z
        .array(z.tuple([z.string(), z.string()]))
        .default([])
        .describe("heads that compare one modality of the candidate with another of the history"),
    })
    .prefault({}),
  attention: z
    .strictObject({
      hidden: z.array(z.int().positive()).min(1).default([32]).describe("hidden layers of every unit"),
      activation: attentionOptions.activation.default("prelu"),
      weights: attentionOptions.weights.default("softmax"),
      pool: attentionOptions.pool.default("sum"),
      dropout: z.number().min(0).lt(1).default(0).describe("dropout of the units' hidden layers"),
      behaviourInValue: z
        .boolean()
        .default(true)
        .describe("whether the pooled interest carries the behaviour of its steps"),
    })
    .prefault({}),
  behaviourDimension: z
    .int()
    .positive()
    .default(8)
    .describe("width of the embedding of each event feature and of the age"),
  tiers: z
    .strictObject({
      bins: z.int().min(0).default(0).describe("similarity tiers: bins of the cosine; 0 leaves them out"),
      dimension: z.int().positive().default(8).describe("width of the embedding of a modality's tiers"),
    })
    .prefault({}),
  products: z
    .boolean()
    .default(true)
    .describe("the product of what each head compares of the candidate with what it has pooled, element by element"),
  norm: z.enum(["none", "layer"]).default("none").describe("normalisation of what goes into cross layers and MLP"),
  gates: z.boolean().default(true).describe("modality gates"),
  cross: z
    .strictObject({
      layers: z.int().min(0).default(2).describe("DCN-v2 cross layers; 0 leaves them out"),
      rank: z.int().min(0).default(32).describe("rank of their matrices; 0 is full"),
    })
    .prefault({}),
  mlp: z
    .strictObject({
      units: z.array(z.int().positive()).default([128, 64]).describe("hidden layers"),
      activation: attentionOptions.activation.default("dice"),
      dropout: z.number().min(0).lt(1).default(0.1).describe("dropout after each hidden layer"),
    })
    .prefault({}),
  wide: z.boolean().default(true).describe("a linear path from the statistics to the logit"),
  initialStd: z
    .number()
    .positive()
    .default(0.05)
    .describe("standard deviation of the initial embeddings of categories"),
  initialIdStd: z.number().positive().default(0.001).describe("standard deviation of the initial embeddings of ids"),
});
export type MmdinOptions = z.infer<typeof options>;

/**
 * Multi-head, multi-modal Deep Interest Network.
 *
 * 1. embed: items as modalities side by side, z [U, M D]; what a history step knows beside its item [B, T, W].
 * 2. attend: one attention head per modality and one over all of them, each a DIN activation unit; interests v_1 .. v_H.
 * 3. gate: a weight per modality from the candidate and the context.
 * 4. cross: [user, context, statistics, candidate, v_1 .. v_H, q_1 * v_1 .. q_H * v_H, tiers] through DCN-v2 layers beside an MLP,
 *    q_h what head h compares of the candidate.
 * 5. score: one logit, plus a linear ("wide") path from the statistics.
 *
 * After the abstract of arXiv 2110.10205 (https://arxiv.org/abs/2110.10205), whose body has no public code: the reading is
 * ours, and every part can be switched off alone. DIN: https://arxiv.org/abs/1706.06978.
 */
export const mmdin: ModelDefinition<MmdinOptions> = {
  name: "mmdin",
  description: "multi-head, multi-modal Deep Interest Network",
  options,
  sharesHistory: true,
  forward(builder: Builder, { catalogue, options }: ForwardContext<MmdinOptions>): ModelOutput {
    const embedded = embed(builder, catalogue, options);
    const { interests, attention } = attendTo(builder, embedded, options);
    const gates = gate(builder, embedded, options);
    const crossed = cross(builder, { ...embedded, interests, gates }, options);
    const logits = score(builder, { crossed, statistics: embedded.statistics }, options);
    return {
      logits,
      ...(attention && { attention }),
      ...(gates && { gates: { modalities: embedded.items.ranges.map(({ name }) => name), values: gates } }),
    };
  },
};

interface Embedded {
  items: EncodedItems;
  /** The modalities that are ids: the id and the categories. */
  ids: string[];
  candidate: Tensor; // [B, M D]
  present: Tensor | null; // [B, bits]
  behaviour: Tensor | null; // [B, T, W]
  row: Tensor[]; // user and context, [B, D] each
  statistics: Tensor | null; // [B, S]
  tiers: Tensor | null;
  history: Tensor;
  mask: Tensor;
  length: Tensor;
}

function embed(builder: Builder, catalogue: Catalogue, options: MmdinOptions): Embedded {
  const { dimension, behaviourDimension, initialStd: std } = options;
  const modalities = chooseModalities(catalogue, options.modalities);
  const items = encodeItems(builder, catalogue, { dimension, modalities, std, idStd: options.initialIdStd });
  const place = candidateOf(builder);
  const history = historyOf(builder);
  const mask = maskOf(builder);
  const frozen = catalogue.modalities.filter(
    (column): column is ModalityColumn & { kind: "vector" } =>
      column.kind === "vector" && modalities.includes(column.name),
  );
  const { bins, dimension: tierWidth } = options.tiers;
  return {
    items,
    ids: idsOf(catalogue),
    candidate: gather(items.joined, place),
    present: items.present && gather(items.present, place),
    behaviour: encodeBehaviour(builder, catalogue, {
      dimension: behaviourDimension,
      age: options.age,
      std,
      ...(!options.behaviour && { features: [] }),
    }),
    row: encodeRowFeatures(builder, catalogue, { dimension, std }),
    statistics: options.statistics ? statisticsOf(builder, catalogue) : null,
    tiers:
      bins > 0 && frozen.length > 0
        ? similarityTiers(
            builder,
            { candidate: place, history, mask },
            { modalities: frozen, bins, dimension: tierWidth },
          )
        : null,
    history,
    mask,
    length: lengthOf(builder),
  };
}

/** The heads that the options ask for, over the ranges of the joined vector. */
export function headsOf(
  ranges: readonly ModalityRange[],
  { heads, ids }: Pick<MmdinOptions, "heads"> & { ids: readonly string[] },
): AttentionHead[] {
  const numbered = (name: string, count: number, range: { start: number; end: number }): AttentionHead[] =>
    Array.from({ length: count }, (_, i) => ({ name: count > 1 ? `${name}${i + 1}` : name, query: range, key: range }));
  // The id and the categories come first.
  const joined = ranges.filter(({ name }) => heads.over === "all" || ids.includes(name));
  const whole = { start: 0, end: joined.at(-1)?.end ?? 0 };
  const find = (name: string): ModalityRange => {
    const found = ranges.find((range) => range.name === name);
    if (found !== undefined) return found;
    throw new MmdinError("CONFIG", `there is no modality ${name}`, {
      where: "options.heads.cross",
      expected: `pairs of ${ranges.map(({ name }) => name).join(", ")}`,
      got: name,
    });
  };
  return [
    ...ranges.flatMap((range) => numbered(range.name, heads.perModality, range)),
    ...(joined.length > 1 || heads.perModality === 0
      ? numbered("all", joined.length > 0 ? heads.joined : 0, whole)
      : []),
    ...heads.cross.map(([query, key]) => ({ name: `${query}-${key}`, query: find(query), key: find(key) })),
  ];
}

function attendTo(
  builder: Builder,
  embedded: Embedded,
  options: MmdinOptions,
): { interests: Interest[]; attention?: { heads: string[]; weights: Tensor } } {
  const { items, ids, candidate: query, history, mask, length, behaviour } = embedded;
  const heads = headsOf(items.ranges, { heads: options.heads, ids });
  if (heads.length === 0) return { interests: [] };
  const inputs = { query, items: items.joined, history, mask, length, behaviour };
  const { interests, weights } = attend(builder, inputs, { name: "attention", heads, ...options.attention });
  return { interests, attention: { heads: heads.map(({ name }) => name), weights } };
}
type Interest = { head: AttentionHead; value: Tensor };

function gate(builder: Builder, { items, candidate, present, row }: Embedded, options: MmdinOptions): Tensor | null {
  if (!options.gates || items.ranges.length < 2) return null;
  const input = concat([candidate, ...(present ? [present] : []), ...row]);
  return modalityGates(builder, input, { modalities: items.ranges.length });
}

function cross(
  builder: Builder,
  {
    items,
    candidate,
    present,
    row,
    statistics,
    tiers,
    interests,
    gates,
  }: Embedded & { interests: Interest[]; gates: Tensor | null },
  options: MmdinOptions,
): Tensor {
  const { ranges } = items;
  const whole = { start: 0, end: ranges.at(-1)!.end };
  const weigh = (x: Tensor, covers: { start: number; end: number }): Tensor =>
    gates ? gated(x, { gates, ranges, covers }) : x;
  const parts = [...row, weigh(candidate, whole)];
  for (const { head, value } of interests) {
    const width = head.key.end - head.key.start;
    const [item, behaviour] = splitAt(value, width);
    parts.push(weigh(item, head.key), ...(behaviour ? [behaviour] : []));
    if (options.products) parts.push(mul(slice(candidate, head.query), item));
  }
  for (const part of [present, statistics, tiers]) if (part) parts.push(part);
  const x = options.norm === "layer" ? layerNorm(builder, concat(parts), { name: "norm" }) : concat(parts);
  const { layers, rank } = options.cross;
  const branches: Tensor[] = [];
  if (layers > 0) branches.push(crossLayers(builder, x, { name: "cross", layers, rank }));
  if (options.mlp.units.length > 0) branches.push(mlp(builder, x, { name: "mlp", ...options.mlp }));
  return branches.length > 0 ? concat(branches) : x;
}

function splitAt(x: Tensor, width: number): [Tensor, Tensor | null] {
  const total = Number(x.shape.at(-1));
  return total === width ? [x, null] : [slice(x, { start: 0, end: width }), slice(x, { start: width, end: total })];
}

function score(
  builder: Builder,
  { crossed, statistics }: { crossed: Tensor; statistics: Tensor | null },
  { wide }: MmdinOptions,
): Tensor {
  const deep = linear(builder, crossed, { name: "score", units: 1 });
  return wide && statistics
    ? add(
        deep,
        linear(builder, statistics, { name: "wide", units: 1, bias: false, initial: { kind: "constant", value: 0 } }),
      )
    : deep;
}
