import { setImmediate } from "node:timers/promises";
import type { Progress } from "../../contract.js";
import { MmdinError } from "../../errors.js";
import { type Encoder, type ImageEncoder, isUnreadable, type TextEncoder, type Unreadable } from "../encoder.js";
import { widthOf } from "./model-config.js";
import { findModel, type ModelFiles } from "./model-files.js";
import { ModelSession } from "./model-session.js";
import { PictureInput, type PixelValues } from "./picture-input.js";
import { pool } from "./pool.js";
import { Tokens } from "./token-batches.js";
import { transformers } from "./transformers.js";

/** Raised whenever the same model and content would give another vector. */
const WAY = 1;

export interface HfEncoderOptions {
  /** "hf:owner/name" of the hub, with "@revision" where not main; "hf:./folder"; "hf:/folder". */
  id: string;
  kind: "text" | "image";
  /** Local folders are relative to it. */
  root: string;
  /** The place in dataset.yaml, for errors. */
  where: string;
  /** Told of downloads. */
  progress?: Progress | undefined;
}

/**
 * Opens a pre-trained model as an encoder, float32 on the CPU. A vector has D numbers, `hidden_size` or `projection_dim` of
 * the model's config.json, and length 1.
 *
 * - Texts: the last layer's tokens, pooled as the model's own 1_Pooling/config.json says (cls or mean), else their mean over
 *   the attention mask. A text longer than the model's maximum loses its end; its closing token stays.
 * - Pictures: DINOv2, ViT and the like give the last layer's first token, prepared as preprocessor_config.json says.
 * - CLIP: the projected vectors of its two towers, so that `text` and `image` of one id lie in one space.
 *
 * Files come from a local folder, or from the hub by way of a cache (`cachedModelFolder`). Opening reads and hashes them;
 * the graph itself is loaded by the first `encode`.
 *
 * @throws MmdinError RUNTIME where @huggingface/transformers is not installed; CONFIG where the id names no model, the hub
 *   knows none of that name, or it is of a type or kind that is not offered; OFFLINE where it would have to be downloaded and
 *   cannot; DATA where files are missing or damaged.
 *
 * @example
 * const encoder = await openHfEncoder({ id: "hf:Xenova/all-MiniLM-L6-v2", kind: "text", root: ".", where: "dataset.yaml" });
 * encoder.dimension; // 384
 *
 * Sources: Reimers and Gurevych, "Sentence-BERT" (2019), https://arxiv.org/abs/1908.10084; Radford et al., "Learning
 * Transferable Visual Models From Natural Language Supervision" (2021), https://arxiv.org/abs/2103.00020; Oquab et al.,
 * "DINOv2" (2023), https://arxiv.org/abs/2304.07193.
 */
export async function openHfEncoder({ id, kind, root, where, progress }: HfEncoderOptions): Promise<Encoder> {
  const model = await findModel(id, { kind, root, where, progress });
  await transformers({ where }); // a missing package is said now, not when hours of other work are done
  const about = {
    id,
    version: `${WAY}-fp32-${model.hash.slice(0, 32)}`,
    dimension: widthOf(model.tower, { config: model.config, where }),
  };
  return kind === "text" ? textEncoder(about, { model, where }) : imageEncoder(about, { model, where });
}

type About = Pick<Encoder, "id" | "version" | "dimension">;
interface Opened {
  model: ModelFiles;
  where: string;
}

function textEncoder(about: About, { model, where }: Opened): TextEncoder {
  const { folder, graph, config, tower, pooling } = model;
  const tokens = once(() =>
    readable(() => Tokens.open(folder, { positions: config.positions, where }), { model, where }),
  );
  const session = once(() => {
    const inputs = ["input_ids", "attention_mask", "token_type_ids"];
    return ModelSession.open(graph, { inputs, outputs: tower.outputs, where });
  });
  return {
    ...about,
    kind: "text",
    batchSize: 64,
    async encode(texts) {
      const found = new Array<Float32Array | Unreadable>(texts.length).fill({
        unreadable: "no token that the model knows",
      });
      for (const { places, rows, length, ids, mask } of (await tokens.get()).batches(texts)) {
        const dims = [rows, length];
        const output = await (await session.get()).run({
          input_ids: { dims, data: ids },
          attention_mask: { dims, data: mask },
          token_type_ids: { dims, data: new BigInt64Array(ids.length) },
        });
        place(found, { places, vectors: pool(output, { pooling, mask }) });
        await setImmediate();
      }
      return found;
    },
    close: async () => session.made()?.close(),
  };
}

function imageEncoder(about: About, { model, where }: Opened): ImageEncoder {
  const { folder, graph, tower, pooling } = model;
  const input = once(() => readable(() => PictureInput.open(folder, { where }), { model, where }));
  const session = once(() => ModelSession.open(graph, { inputs: ["pixel_values"], outputs: tower.outputs, where }));
  return {
    ...about,
    kind: "image",
    batchSize: 16,
    async encode(pictures) {
      const reader = await input.get();
      const found = new Array<Float32Array | Unreadable>(pictures.length).fill({ unreadable: "not read" });
      // By shape: some preprocessors keep a picture's own.
      const groups = new Map<string, { places: number[]; values: PixelValues[] }>();
      const read = await Promise.all(pictures.map((bytes) => reader.read(bytes)));
      for (const [at, values] of read.entries()) {
        if (isUnreadable(values)) {
          found[at] = values;
          continue;
        }
        const shape = values.dims.join("x");
        const group = groups.get(shape) ?? { places: [], values: [] };
        groups.set(shape, group);
        group.places.push(at);
        group.values.push(values);
      }
      for (const { places, values } of groups.values()) {
        const output = await (await session.get()).run({ pixel_values: stack(values) });
        place(found, { places, vectors: pool(output, { pooling }) });
        await setImmediate();
      }
      return found;
    },
    close: async () => session.made()?.close(),
  };
}

function place(
  found: (Float32Array | Unreadable)[],
  { places, vectors }: { places: readonly number[]; vectors: readonly (Float32Array | undefined)[] },
): void {
  for (const [row, at] of places.entries())
    found[at] = vectors[row] ?? { unreadable: "the model gives a vector of zeros" };
}

/** (rows, channels, height, width) of pictures of one shape. */
function stack(pictures: readonly PixelValues[]): PixelValues {
  const [first] = pictures;
  const size = first?.data.length ?? 0;
  const data = new Float32Array(pictures.length * size);
  for (const [row, picture] of pictures.entries()) data.set(picture.data, row * size);
  return { dims: [pictures.length, ...(first?.dims ?? [])], data };
}

/** Something that is made when it is first asked for, and then kept. */
function once<Value>(make: () => Promise<Value>): { get(): Promise<Value>; made(): Value | undefined } {
  let making: Promise<Value> | undefined;
  let made: Value | undefined;
  return {
    get: () => {
      making ??= make().then((value) => {
        made = value;
        return value;
      });
      return making;
    },
    made: () => made,
  };
}

/** Says of a tokenizer or preprocessor that @huggingface/transformers cannot read where it lies. */
async function readable<Value>(open: () => Promise<Value>, { model, where }: Opened): Promise<Value> {
  try {
    return await open();
  } catch (cause) {
    if (cause instanceof MmdinError) throw cause;
    const what = model.tower.kind === "text" ? "tokenizer" : "preprocessor";
    const got = String(cause instanceof Error ? cause.message : cause).split("\n")[0] ?? "";
    throw new MmdinError("DATA", `the model's ${what} cannot be read`, {
      where: `${where}: ${model.folder}`,
      got,
      cause,
    });
  }
}
