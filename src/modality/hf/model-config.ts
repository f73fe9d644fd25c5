import { readFileSync } from "node:fs";
import { z } from "zod";
import { fileProblem, MmdinError } from "../../errors.js";
import type { Pooling, Tower } from "./tower.js";

/** What is read of a model's config.json. */
export interface ModelConfig {
  modelType: string;
  hiddenSize: number | undefined;
  projectionDim: number | undefined;
  /** The most tokens of a text that the model has positions for. */
  positions: number | undefined;
  /** How many files beside the graph hold its weights: onnx/model.onnx_data, onnx/model.onnx_data_1 ... */
  dataFiles: (graph: string) => number;
}

const size = z.number().int().positive();
const chunks = z.union([z.boolean(), z.number().int().nonnegative()]);
const CONFIG = z.object({
  model_type: z.string(),
  hidden_size: size.optional(),
  dim: size.optional(), // DistilBERT's name of hidden_size
  projection_dim: size.optional(),
  max_position_embeddings: size.optional(),
  pad_token_id: z.number().nullish(),
  text_config: z.object({ max_position_embeddings: size.optional() }).optional(),
  "transformers.js_config": z
    .object({ use_external_data_format: z.union([chunks, z.record(z.string(), chunks)]).optional() })
    .optional(),
});

/** RoBERTa's line counts positions from the padding token's id + 1 on, so some of the table is never used. */
const POSITIONS_AFTER_PADDING = new Set(["camembert", "mpnet", "roberta", "xlm-roberta"]);

/** @throws MmdinError DATA where the file cannot be read or is not the config.json of a model. */
export function readModelConfig(path: string, { where }: { where: string }): ModelConfig {
  const config = readJson(path, { schema: CONFIG, where, expected: "a model's config.json, with a model_type" });
  const external = config["transformers.js_config"]?.use_external_data_format ?? false;
  const table = config.max_position_embeddings ?? config.text_config?.max_position_embeddings;
  const unused = POSITIONS_AFTER_PADDING.has(config.model_type) ? (config.pad_token_id ?? 1) + 1 : 0;
  return {
    modelType: config.model_type,
    hiddenSize: config.hidden_size ?? config.dim,
    projectionDim: config.projection_dim,
    positions: table === undefined ? undefined : table - unused,
    dataFiles: (graph) =>
      Number(typeof external === "object" ? (external[`${graph}.onnx`] ?? external[graph] ?? 0) : external),
  };
}

/**
 * The length D of a tower's vectors.
 *
 * @throws MmdinError DATA where config.json does not say it.
 */
export function widthOf(tower: Tower, { config, where }: { config: ModelConfig; where: string }): number {
  const width = tower.width === "projection_dim" ? config.projectionDim : config.hiddenSize;
  if (width !== undefined) return width;
  throw new MmdinError("DATA", `config.json does not say how long a vector is: it has no ${tower.width}`, { where });
}

const POOLING = z.object({
  // Sentence-transformers wrote one flag per way, and writes the name of the way since 5.0.
  pooling_mode: z.union([z.string(), z.array(z.string())]).optional(),
  pooling_mode_cls_token: z.boolean().optional(),
  pooling_mode_mean_tokens: z.boolean().optional(),
  pooling_mode_max_tokens: z.boolean().optional(),
  pooling_mode_mean_sqrt_len_tokens: z.boolean().optional(),
  pooling_mode_weightedmean_tokens: z.boolean().optional(),
  pooling_mode_lasttoken: z.boolean().optional(),
});

/**
 * Reads 1_Pooling/config.json, by which a sentence-transformers model says how its tokens become one vector.
 *
 * @throws MmdinError DATA where it cannot be read, CONFIG where it asks for something other than "cls" or "mean".
 */
export function readPooling(path: string, { where }: { where: string }): Pooling {
  const config = readJson(path, { schema: POOLING, where, expected: "a pooling of sentence-transformers" });
  const { pooling_mode: mode, ...flags } = config;
  const named = mode !== undefined ? [mode].flat() : Object.entries(flags).flatMap(([flag, on]) => (on ? [flag] : []));
  const ways = named.map((name) => name.replace(/^pooling_mode_/, "").replace(/_tokens?$/, ""));
  const [way] = ways;
  if (ways.length === 1 && (way === "cls" || way === "mean")) return way;
  throw new MmdinError("CONFIG", "the model pools its tokens in a way that is not offered", {
    where,
    expected: "cls or mean in 1_Pooling/config.json",
    got: ways.join(" + ") || "none",
    fix: "Name another model",
  });
}

interface JsonOptions<Value> {
  schema: z.ZodType<Value>;
  where: string;
  expected: string;
}

function readJson<Value>(path: string, { schema, where, expected }: JsonOptions<Value>): Value {
  const place = `${where}: ${path}`;
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new MmdinError("DATA", "the file cannot be read", { where: place, expected, got: fileProblem(cause), cause });
  }
  const checked = schema.safeParse(parsed);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const got = issue ? `${issue.path.join(".")}: ${issue.message}` : undefined;
  throw new MmdinError("DATA", "this is not what it should be", {
    where: place,
    expected,
    ...(got === undefined ? {} : { got }),
  });
}
