import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TinyModel, tinyBert, tinyClip, tinyDino, writeTinyModel } from "../../../test/tiny-models.js";
import { MmdinError } from "../../errors.js";
import { openHfEncoder } from "./open-hf-encoder.js";

const where = "dataset.yaml:7:5";
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "mmdin-hf-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Files = Parameters<typeof writeTinyModel>[2];

/** What opening a model and encoding one content of it ends in: code and message, or "encoded". */
async function outcome(
  id: string,
  { kind = "text", model, files }: { kind?: "text" | "image"; model?: TinyModel; files?: Files } = {},
): Promise<string> {
  if (model) writeTinyModel(join(root, id.replace("hf:./", "")), model, files);
  try {
    const encoder = await openHfEncoder({ id, kind, root, where });
    if (encoder.kind === "text") await encoder.encode(["red"]);
    else
      await encoder.encode([
        await sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } })
          .png()
          .toBuffer(),
      ]);
    return "encoded";
  } catch (error) {
    if (!(error instanceof MmdinError)) throw error;
    return `${error.code} ${error.message.replaceAll(root, "ROOT")}`;
  }
}

test.each(["Xenova/all-MiniLM-L6-v2", "hf:", "hf:model", "hf:a/b/c", "hf:a/b@", "hf:a/../b", "hf:a b/c", "hf:~/model"])(
  "%s names no model",
  async (id) => {
    expect(await outcome(id)).toBe(
      `CONFIG ${where}: this names no pre-trained model: expected "hf:owner/name" of the hub, or "hf:./folder" with a model in it, got "${id}"`,
    );
  },
);

test("a folder that is not there is said with its path", async () => {
  expect(await outcome("hf:./none")).toBe(`DATA ${where}: there is no folder of a model at ROOT/none`);
});

test("a folder without a model's config.json says what a model looks like and what is there instead", async () => {
  const message = await outcome("hf:./torch", { model: { "model.safetensors": "x", "vocab.txt": "y" } });
  expect(message).toBe(
    `DATA ${where}: the model hf:./torch has no file config.json: expected a model in the layout of transformers.js: config.json, ` +
      "the files of its tokenizer or preprocessor, onnx/*.onnx in float32, got model.safetensors, vocab.txt. " +
      "On the hub, models in this layout carry the tag transformers.js",
  );
});

test.each(["tokenizer.json", "tokenizer_config.json", "onnx/model.onnx"])("a missing %s is named", async (file) => {
  const id = `hf:./without-${file.replace("/", "-")}`;
  expect(await outcome(id, { model: tinyBert(), files: { [file]: undefined } })).toContain(
    `the model ${id} has no file ${file}`,
  );
});

test("a model in another precision only is told from one without a graph", async () => {
  const files = { "onnx/model.onnx": undefined, "onnx/model_quantized.onnx": "x" };
  expect(await outcome("hf:./quantized", { model: tinyBert(), files })).toContain(
    "has no file onnx/model.onnx: expected a model in the layout of transformers.js",
  );
  expect(await outcome("hf:./quantized", {})).toContain("got onnx/model_quantized.onnx. ");
});

test("weights beside the graph are asked for by the names that config.json gives them", async () => {
  const config = (external: unknown): string =>
    JSON.stringify({
      model_type: "bert",
      hidden_size: 4,
      "transformers.js_config": { use_external_data_format: external },
    });
  const missing = async (name: string, external: unknown): Promise<string> =>
    outcome(`hf:./${name}`, { model: tinyBert(), files: { "config.json": config(external) } });
  expect(await missing("one", true)).toContain("has no file onnx/model.onnx_data:");
  expect(await missing("by-name", { "model.onnx": 1 })).toContain("has no file onnx/model.onnx_data:");
  expect(await missing("other", { "model_fp16.onnx": 1 })).toBe("encoded");
  const files = { "config.json": config({ model: 2 }), "onnx/model.onnx_data": "x" };
  expect(await outcome("hf:./two", { model: tinyBert(), files })).toContain("has no file onnx/model.onnx_data_1:");
});

test("a model of texts is refused for pictures, and the other way round, with an encoder that needs no model", async () => {
  writeTinyModel(join(root, "bert"), tinyBert());
  writeTinyModel(join(root, "dino"), tinyDino());
  expect(await outcome("hf:./bert", { kind: "image" })).toBe(
    `CONFIG ${where}: a model of type bert does not read pictures: expected a model_type for pictures: deit, dinov2, ` +
      "dinov2_with_registers, dinov3_vit, vit, vit_msn, clip, got bert. " +
      "Name a model for pictures, or use the encoder pixels, which needs no model",
  );
  expect(await outcome("hf:./dino")).toMatch(
    /^CONFIG .* dinov2 does not read texts: .*, or use the encoder lsa, which/,
  );
});

test.each(["whisper", "constructor"])("a model of type %s is not offered", async (type) => {
  const files = { "config.json": JSON.stringify({ model_type: type }) };
  expect(await outcome(`hf:./${type}`, { model: tinyBert(), files })).toMatch(
    new RegExp(
      `^CONFIG .*: this type of model is not offered: expected a model_type for texts: albert, bert, .*, got ${type}\\.`,
    ),
  );
});

test("a damaged graph is named by its path, with what to do", async () => {
  const whole = tinyBert()["onnx/model.onnx"]!;
  for (const [name, bytes] of [
    ["cut", whole.slice(0, 60)],
    ["text", "not a graph"],
    ["nothing", ""],
  ] as const) {
    const message = await outcome(`hf:./${name}`, { model: tinyBert(), files: { "onnx/model.onnx": bytes } });
    expect(message).toContain(
      `DATA ${where}: ROOT/${name}/onnx/model.onnx: ONNX Runtime does not open the model: got `,
    );
    expect(message).toMatch(/\. The file can be damaged\. Delete it: what came from the hub is then fetched again$/);
  }
});

test("an encoder whose graph did not open can be closed all the same", async () => {
  writeTinyModel(join(root, "shut"), tinyBert(), { "onnx/model.onnx": "not a graph" });
  const encoder = await openHfEncoder({ id: "hf:./shut", kind: "text", root, where });
  if (encoder.kind !== "text") throw new Error("not an encoder of texts");
  await expect(encoder.encode(["red"])).rejects.toThrow("does not open the model");
  expect(await encoder.close?.()).toBe(undefined);
});

test("a graph that classifies, or that wants what is not made from a text, is refused by its outputs and inputs", async () => {
  const bert = tinyBert();
  const dino = tinyDino();
  const clip = tinyClip();
  expect(
    await outcome("hf:./classifier", {
      kind: "image",
      model: dino,
      files: { "onnx/model.onnx": clip["onnx/vision_model.onnx"] },
    }),
  ).toBe(
    `DATA ${where}: ROOT/classifier/onnx/model.onnx: the model is exported for something else than feature extraction: ` +
      "expected the output last_hidden_state or pooler_output, got the outputs image_embeds",
  );
  expect(
    await outcome("hf:./pixels", { model: bert, files: { "onnx/model.onnx": dino["onnx/model.onnx"] } }),
  ).toContain("expected the inputs input_ids, attention_mask, token_type_ids at most, got the inputs pixel_values too");
});

test("a damaged config.json, one without a width and one of a wrong type are named by path and field", async () => {
  const config = async (name: string, content: string): Promise<string> =>
    outcome(`hf:./${name}`, { model: tinyBert(), files: { "config.json": content } });
  expect(await config("no-json", "{")).toMatch(
    /^DATA dataset.yaml:7:5: ROOT\/no-json\/config.json: the file cannot be read: .*JSON/,
  );
  expect(await config("no-width", '{"model_type": "bert"}')).toBe(
    `DATA ${where}: config.json does not say how long a vector is: it has no hidden_size`,
  );
  expect(await config("no-type", "{}")).toMatch(/config.json: this is not what it should be: .*, got model_type: /);
});

test("a pooling that is neither cls nor mean is refused, not replaced", async () => {
  const pooling = async (name: string, content: object): Promise<string> =>
    outcome(`hf:./${name}`, { model: tinyBert(), files: { "1_Pooling/config.json": JSON.stringify(content) } });
  expect(await pooling("max", { pooling_mode_max_tokens: true })).toContain(
    "the model pools its tokens in a way that is not offered: expected cls or mean in 1_Pooling/config.json, got max",
  );
  const both = { pooling_mode_cls_token: true, pooling_mode_mean_tokens: true };
  expect(await pooling("both", both)).toContain("got cls + mean");
  expect(await pooling("last", { pooling_mode: "lasttoken" })).toContain("got lasttoken");
});

test("a tokenizer or preprocessor that cannot be read is named", async () => {
  expect(await outcome("hf:./tokens", { model: tinyBert(), files: { "tokenizer.json": "{}" } })).toContain(
    `DATA ${where}: ROOT/tokens: the model's tokenizer cannot be read: got `,
  );
  const kind = "image";
  expect(
    await outcome("hf:./prepare", { kind, model: tinyDino(), files: { "preprocessor_config.json": "[" } }),
  ).toContain(`DATA ${where}: ROOT/prepare: the model's preprocessor cannot be read: got `);
  const files = { "preprocessor_config.json": '{"size": {}}' };
  expect(await outcome("hf:./size", { kind, model: tinyDino(), files })).toContain(
    `DATA ${where}: ROOT/size: the model's preprocessor fails: got Could not resize image`,
  );
});

test("a token that the graph has no row for ends in the runtime's own words", async () => {
  const short = tinyBert({ table: [[1], [1], [1]] });
  expect(await outcome("hf:./rows", { model: short })).toMatch(
    /^RUNTIME dataset.yaml:7:5: the pre-trained model failed while it ran: got .*Gather/,
  );
});
