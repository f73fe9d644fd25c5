import { MmdinError } from "../../errors.js";

/** How a vector is read from what the graph gives per token: the mean over the real ones, or the first. */
export type Pooling = "mean" | "cls";

/** The part of a model that turns one kind of content into vectors. */
export interface Tower {
  kind: "text" | "image";
  /** Its graph: onnx/<graph>.onnx. */
  graph: "model" | "text_model" | "vision_model";
  /** Outputs of the graph that hold it, the first that is there: (rows, width), or (rows, tokens, width) to be pooled. */
  outputs: readonly string[];
  /** Of an output with tokens; "own": as the model's 1_Pooling/config.json says, else the mean. */
  pooling: Pooling | "own";
  /** The key of config.json that holds the length of a vector. */
  width: "hidden_size" | "projection_dim";
}

const SENTENCE: Tower = {
  kind: "text",
  graph: "model",
  outputs: ["last_hidden_state", "token_embeddings"],
  pooling: "own",
  width: "hidden_size",
};
const PICTURE: Tower = {
  kind: "image",
  graph: "model",
  // The first token is what these models were trained for; their pooler is often left at its random start.
  outputs: ["last_hidden_state", "pooler_output"],
  pooling: "cls",
  width: "hidden_size",
};
/** Both towers of CLIP end in one space: the cosine of a text and a picture says how well they fit. */
const CLIP_TEXT: Tower = {
  kind: "text",
  graph: "text_model",
  outputs: ["text_embeds"],
  pooling: "cls",
  width: "projection_dim",
};
const CLIP_PICTURE: Tower = {
  kind: "image",
  graph: "vision_model",
  outputs: ["image_embeds"],
  pooling: "cls",
  width: "projection_dim",
};

/** What is offered, by `model_type` of config.json. */
const TOWERS: Readonly<Record<string, readonly Tower[]>> = {
  albert: [SENTENCE],
  bert: [SENTENCE],
  camembert: [SENTENCE],
  "deberta-v2": [SENTENCE],
  distilbert: [SENTENCE],
  electra: [SENTENCE],
  modernbert: [SENTENCE],
  mpnet: [SENTENCE],
  nomic_bert: [SENTENCE],
  roberta: [SENTENCE],
  "xlm-roberta": [SENTENCE],
  deit: [PICTURE],
  dinov2: [PICTURE],
  dinov2_with_registers: [PICTURE],
  dinov3_vit: [PICTURE],
  vit: [PICTURE],
  vit_msn: [PICTURE],
  clip: [CLIP_TEXT, CLIP_PICTURE],
};

/**
 * The tower of a model for one kind of content, by the `model_type` of its config.json.
 *
 * @throws MmdinError CONFIG where this type of model is not offered, or not for this kind.
 */
export function towerOf(modelType: string, { kind, where }: { kind: Tower["kind"]; where: string }): Tower {
  const towers = Object.hasOwn(TOWERS, modelType) ? TOWERS[modelType] : undefined;
  const tower = towers?.find((offered) => offered.kind === kind);
  if (tower) return tower;
  const types = Object.keys(TOWERS).filter((type) => TOWERS[type]?.some((offered) => offered.kind === kind));
  const problem = towers
    ? `a model of type ${modelType} does not read ${NOUN[kind]}`
    : "this type of model is not offered";
  throw new MmdinError("CONFIG", problem, {
    where,
    expected: `a model_type for ${NOUN[kind]}: ${types.join(", ")}`,
    got: modelType,
    fix: `Name a model for ${NOUN[kind]}, or use the encoder ${WITHOUT_MODEL[kind]}, which needs no model`,
  });
}

const NOUN = { text: "texts", image: "pictures" } as const;

/** The encoders of mmdin that need no model, by kind. */
export const WITHOUT_MODEL = { text: "lsa", image: "pixels" } as const;
