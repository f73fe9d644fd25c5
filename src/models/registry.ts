import { closest } from "fastest-levenshtein";
import type { z } from "zod";
import type { HistoryEvents } from "../data/positive-history.js";
import { MmdinError } from "../errors.js";
import type { Builder } from "../nn/builder.js";
import { bst } from "./bst.js";
import { dcnV2 } from "./dcn-v2.js";
import { deepfm } from "./deepfm.js";
import { din } from "./din.js";
import { dmin } from "./dmin.js";
import { embeddingMlp } from "./embedding-mlp.js";
import { itemKnn } from "./item-knn.js";
import { itemRate } from "./item-rate.js";
import { lr } from "./lr.js";
import { mmdin } from "./mmdin.js";
import type { ForwardContext, ModelDefinition, ModelOutput, TrainingSlice } from "./model.js";
import { neuralCf } from "./neural-cf.js";
import { pnn } from "./pnn.js";
import { popularity } from "./popularity.js";
import { wideDeep } from "./wide-deep.js";

/** A model whose options have been read: what training and scoring work with. */
export interface ConfiguredModel {
  name: string;
  description: string;
  /** Options with defaults filled in, as they go into the manifest. */
  options: unknown;
  /** Which events of the history its batches hold: option `history` where the model has one, else all. */
  history: HistoryEvents;
  /** See `ModelDefinition`. */
  sharesHistory: boolean;
  forward(builder: Builder, context: Omit<ForwardContext<never>, "options">): ModelOutput;
  count?(slice: TrainingSlice): Record<string, Float32Array>;
}

export interface RegisteredModel {
  name: string;
  description: string;
  schema: z.ZodType;
  hiddenIds: number | undefined;
  /** False where the model counts: nothing is learned by gradient. */
  isTrained: boolean;
  /** Whether the age of a step is part of the network, as its position. */
  agesArePositions: boolean;
  configure(options: unknown): ConfiguredModel;
}

function register<Options>(definition: ModelDefinition<Options>): RegisteredModel {
  const { name, description } = definition;
  return {
    name,
    description,
    schema: definition.options,
    hiddenIds: definition.hiddenIds,
    isTrained: definition.count === undefined,
    agesArePositions: definition.agesArePositions ?? false,
    configure(given) {
      const options = definition.options.parse(given);
      return {
        name,
        description,
        options,
        history: historyOf(options),
        sharesHistory: definition.sharesHistory ?? false,
        forward: (builder, { catalogue }) => definition.forward(builder, { catalogue, options }),
        ...(definition.count && { count: (slice) => definition.count!(slice, options) }),
      };
    },
  };
}

const historyOf = (options: unknown): HistoryEvents =>
  typeof options === "object" && options !== null && "history" in options && options.history === "positives"
    ? "positives"
    : "all";

const MODELS: readonly RegisteredModel[] = [
  register(popularity),
  register(itemRate),
  register(itemKnn),
  register(lr),
  register(embeddingMlp),
  register(wideDeep),
  register(neuralCf),
  register(pnn),
  register(deepfm),
  register(dcnV2),
  register(din),
  register(bst),
  register(dmin),
  register(mmdin),
];

export const modelNames = (): string[] => MODELS.map(({ name }) => name);

/** The model of this name; refuses others and suggests the nearest. */
export function findModel(name: string): RegisteredModel {
  const found = MODELS.find((model) => model.name === name);
  if (found !== undefined) return found;
  throw new MmdinError("CONFIG", `there is no model ${name}`, {
    where: "model",
    expected: `one of ${modelNames().join(", ")}`,
    got: name,
    fix: `Did you mean ${closest(name, modelNames())}?`,
  });
}
