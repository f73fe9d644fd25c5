import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { encodeModel, type OnnxGraph } from "../src/graph/onnx/model-proto.js";

/** A model folder in the layout of transformers.js: its files by their paths, texts or the bytes of a graph. */
export type TinyModel = Readonly<Record<string, string | Uint8Array>>;

/** Writes a tiny model; what is named in `files` takes the place of the model's own, undefined leaves it out. */
export function writeTinyModel(
  folder: string,
  model: TinyModel,
  files: Readonly<Record<string, string | Uint8Array | undefined>> = {},
): void {
  for (const [name, content] of Object.entries({ ...model, ...files })) {
    if (content === undefined) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** One row per token of VOCABULARY; that of [PAD] would be seen in any mean that it enters. */
export const TOKEN_VECTORS = [
  [1000, 1000, 1000, 1000],
  [0, 0, 0, 8],
  [0, 0, 1, 0],
  [0, 0, 2, 0],
  [6, 0, 0, 0],
  [0, 6, 0, 0],
  [3, 3, 0, 0],
  [0, 0, 0, -4],
] as const;
const VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "red", "blue", "film", "##s"];

/** A sentence model of type bert: WordPiece tokens, and a row of `table` for each. */
export function tinyBert({
  table = TOKEN_VECTORS,
  longest = 16,
}: {
  table?: readonly (readonly number[])[];
  longest?: number;
} = {}): TinyModel {
  const width = table[0]?.length ?? 0;
  return {
    "config.json": json({ model_type: "bert", architectures: ["BertModel"], hidden_size: width }),
    "tokenizer.json": json(
      tokenizer({ type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", vocab: ids(VOCABULARY) }, [
        "[CLS]",
        "[SEP]",
      ]),
    ),
    "tokenizer_config.json": json({ tokenizer_class: "BertTokenizer", model_max_length: longest, pad_token: "[PAD]" }),
    "onnx/model.onnx": encodeModel({
      nodes: [{ opType: "Gather", inputs: ["table", "input_ids"], outputs: ["last_hidden_state"] }],
      inputs: ["input_ids", "attention_mask", "token_type_ids"].map((name) => ({
        name,
        shape: ["B", "T"],
        dtype: "int64",
      })),
      outputs: [{ name: "last_hidden_state", shape: ["B", "T", width], dtype: "float32" }],
      initializers: [matrix("table", table)],
    }),
  };
}

/** A model of type dinov2: pictures of 4 x 4, the first token is the mean of each channel, the second its negative. */
export function tinyDino({ modelType = "dinov2" }: { modelType?: string } = {}): TinyModel {
  return {
    "config.json": json({ model_type: modelType, hidden_size: 3 }),
    "preprocessor_config.json": json({ image_processor_type: "BitImageProcessor", ...PREPARED }),
    "onnx/model.onnx": encodeModel({
      nodes: [
        { opType: "ReduceMean", inputs: ["pixel_values", "plane"], outputs: ["mean"], attributes: { keepdims: 0 } },
        { opType: "Neg", inputs: ["mean"], outputs: ["negative"] },
        { opType: "Unsqueeze", inputs: ["mean", "second"], outputs: ["first_token"] },
        { opType: "Unsqueeze", inputs: ["negative", "second"], outputs: ["second_token"] },
        {
          opType: "Concat",
          inputs: ["first_token", "second_token"],
          outputs: ["last_hidden_state"],
          attributes: { axis: 1 },
        },
      ],
      inputs: [PIXELS],
      outputs: [{ name: "last_hidden_state", shape: ["B", 2, 3], dtype: "float32" }],
      initializers: [PLANE, { name: "second", dims: [1], data: BigInt64Array.of(1n) }],
    }),
  };
}

/**
 * A model of type clip. A text's vector is the largest of each number over its tokens: red (3, 0, 0, 0), blue (0, 3, 0, 0),
 * start 0, end (0, 0, 0, 4), which fills up too. A picture's is its mean red and blue, -1 to 1, and zeros.
 */
export function tinyClip(): TinyModel {
  const words = ["<|startoftext|>", "<|endoftext|>", "red", "blue"];
  const [start = "", end = ""] = words;
  return {
    "config.json": json({
      model_type: "clip",
      projection_dim: 4,
      text_config: { max_position_embeddings: 5 },
    }),
    "tokenizer.json": json(tokenizer({ type: "WordLevel", unk_token: start, vocab: ids(words) }, [start, end])),
    "tokenizer_config.json": json({ tokenizer_class: "CLIPTokenizer", model_max_length: 77, pad_token: end }),
    "preprocessor_config.json": json({ image_processor_type: "CLIPImageProcessor", ...PREPARED }),
    "onnx/text_model.onnx": encodeModel({
      nodes: [
        { opType: "Gather", inputs: ["table", "input_ids"], outputs: ["tokens"] },
        { opType: "ReduceMax", inputs: ["tokens", "axis"], outputs: ["text_embeds"], attributes: { keepdims: 0 } },
      ],
      inputs: [{ name: "input_ids", shape: ["B", "T"], dtype: "int64" }],
      outputs: [{ name: "text_embeds", shape: ["B", 4], dtype: "float32" }],
      initializers: [
        matrix("table", [
          [0, 0, 0, 0],
          [0, 0, 0, 4],
          [3, 0, 0, 0],
          [0, 3, 0, 0],
        ]),
        { name: "axis", dims: [1], data: BigInt64Array.of(1n) },
      ],
    }),
    "onnx/vision_model.onnx": encodeModel({
      nodes: [
        { opType: "ReduceMean", inputs: ["pixel_values", "plane"], outputs: ["mean"], attributes: { keepdims: 0 } },
        { opType: "MatMul", inputs: ["mean", "projection"], outputs: ["image_embeds"] },
      ],
      inputs: [PIXELS],
      outputs: [{ name: "image_embeds", shape: ["B", 4], dtype: "float32" }],
      initializers: [
        PLANE,
        matrix("projection", [
          [1, 0, 0, 0],
          [0, 0, 0, 0],
          [0, 1, 0, 0],
        ]),
      ],
    }),
  };
}

/** The preprocessor that most of these models ask for, to 4 x 4 pixels: 0 becomes -1, 255 becomes 1. */
const PREPARED = {
  do_resize: true,
  size: { shortest_edge: 6 },
  do_center_crop: true,
  crop_size: { height: 4, width: 4 },
  resample: 3,
  do_rescale: true,
  rescale_factor: 1 / 255,
  do_normalize: true,
  image_mean: [0.5, 0.5, 0.5],
  image_std: [0.5, 0.5, 0.5],
};
const PIXELS: OnnxGraph["inputs"][number] = { name: "pixel_values", shape: ["B", 3, "H", "W"], dtype: "float32" };
const PLANE: OnnxGraph["initializers"][number] = { name: "plane", dims: [2], data: BigInt64Array.of(2n, 3n) };

function tokenizer(model: object, [first, last]: [string, string]): object {
  const special = (content: string, id: number): object => ({ id, content, special: true });
  const vocabulary = Object.entries("vocab" in model ? (model.vocab as Record<string, number>) : {});
  return {
    version: "1.0",
    added_tokens: vocabulary.filter(([word]) => /^[[<]/.test(word)).map(([word, id]) => special(word, id)),
    normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [
        { SpecialToken: { id: first, type_id: 0 } },
        { Sequence: { id: "A", type_id: 0 } },
        { SpecialToken: { id: last, type_id: 0 } },
      ],
      pair: [],
      special_tokens: Object.fromEntries(
        vocabulary
          .filter(([word]) => word === first || word === last)
          .map(([word, id]) => [word, { id: word, ids: [id], tokens: [word] }]),
      ),
    },
    decoder: null,
    model,
  };
}

function ids(words: readonly string[]): Record<string, number> {
  return Object.fromEntries(words.map((word, id) => [word, id]));
}

function matrix(name: string, rows: readonly (readonly number[])[]): OnnxGraph["initializers"][number] {
  return { name, dims: [rows.length, rows[0]?.length ?? 0], data: Float32Array.from(rows.flat()) };
}

const json = (value: object): string => JSON.stringify(value, null, 2);
