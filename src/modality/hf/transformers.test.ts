import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyBert, tinyClip, tinyDino, writeTinyModel } from "../../../test/tiny-models.js";

// In processes of their own: what is loaded when, what is printed, and what happens where the package is not there.
const run = promisify(execFile);
const project = fileURLToPath(new URL("../../..", import.meta.url));
const entry = new URL("./open-hf-encoder.ts", import.meta.url).href;
let root: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "mmdin-hf-"));
  writeTinyModel(join(root, "bert"), tinyBert());
  writeTinyModel(join(root, "clip"), tinyClip());
  writeTinyModel(join(root, "dino"), tinyDino());
  const red = sharp({ create: { width: 8, height: 8, channels: 3, background: "red" } });
  await red.png().toFile(join(root, "red.png"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs a module in a new process, where the import of @huggingface/transformers fails as `hide` says. */
async function child(
  code: string,
  { hide }: { hide?: { message: string; code?: string } } = {},
): Promise<{ stdout: string; stderr: string }> {
  const hooks = `export const resolve = (name, context, next) => {
    if (name !== "@huggingface/transformers" || ${hide === undefined}) return next(name, context);
    throw Object.assign(new Error(${JSON.stringify(hide?.message)}), { code: "${hide?.code ?? "ERR_MODULE_NOT_FOUND"}" });
  };`;
  writeFileSync(join(root, "hooks.mjs"), hooks);
  const register = `import { register } from "node:module"; register(${JSON.stringify(pathToFileURL(join(root, "hooks.mjs")).href)});`;
  writeFileSync(join(root, "register.mjs"), register);
  writeFileSync(join(root, "main.mjs"), code);
  const imports = ["--import", "./scripts/typescript.mjs", "--import", pathToFileURL(join(root, "register.mjs")).href];
  return run(process.execPath, [...imports, join(root, "main.mjs")], { cwd: project });
}

const encode = (id: string, kind: string): string => `
  const { openHfEncoder } = await import(${JSON.stringify(entry)});
  const options = { id: "${id}", kind: "${kind}", root: ${JSON.stringify(root)}, where: "dataset.yaml:7:5" };
  try {
    const encoder = await openHfEncoder(options);
    await encoder.encode([]);
  } catch (error) { console.log(error.code, error.message); }`;

test("without the package there is one message, and it names both ways out", async () => {
  const hide = { message: "Cannot find package '@huggingface/transformers' imported from somewhere" };
  const { stdout } = await child(encode("hf:./bert", "text"), { hide });
  expect(stdout).toBe(
    "RUNTIME dataset.yaml:7:5: a pre-trained model needs the package @huggingface/transformers, which is not installed. " +
      "Run `npm install @huggingface/transformers`, or use an encoder that needs no model: lsa for texts, pixels for pictures\n",
  );
  expect((await child(encode("hf:owner/name", "image"), { hide })).stdout).toBe(stdout);
});

test("a package that is there and lacks one of its own says which", async () => {
  const message =
    "Cannot find package '@huggingface/jinja' imported from /app/node_modules/@huggingface/transformers/index.mjs";
  const { stdout } = await child(encode("hf:./bert", "text"), { hide: { message } });
  expect(stdout).toContain(`@huggingface/transformers, which does not load: got ${message}. Install it again, or use`);
});

test("two versions of ONNX Runtime, which one process cannot hold, end in the command that leaves one", async () => {
  const message = "/app/libonnxruntime.so.1: version `VERS_1.31.0' not found (required by onnxruntime_binding.node)";
  const { stdout } = await child(encode("hf:./bert", "text"), { hide: { message, code: "ERR_DLOPEN_FAILED" } });
  expect(stdout).toContain(`which does not load: got ${message}. One process holds one version of onnxruntime-node`);
  expect(stdout).toContain("`npm dedupe` leaves one. Or use an encoder that needs no model");
});

test("the package is loaded when an encoder is opened and not before; nothing is printed, and its env stays as it was", async () => {
  const { stdout, stderr } = await child(`
    import { readFileSync } from "node:fs";
    const { openHfEncoder } = await import(${JSON.stringify(entry)});
    const loaded = () => Object.keys(process.env).includes("ORT_DISABLE_TELEMETRY");
    const before = loaded();
    const root = ${JSON.stringify(root)};
    const red = readFileSync(root + "/red.png");
    const rows = [];
    for (const [name, kind, content] of [["bert", "text", "red"], ["clip", "text", "red"], ["clip", "image", red], ["dino", "image", red]]) {
      const encoder = await openHfEncoder({ id: "hf:./" + name, kind, root, where: "here" });
      rows.push((await encoder.encode([content, content]))[1].length);
      await encoder.close();
    }
    const after = loaded();
    const { env } = await import(${JSON.stringify(import.meta.resolve("@huggingface/transformers"))});
    console.log(JSON.stringify({ before, after, rows, hub: env.remoteHost, remote: env.allowRemoteModels, local: env.allowLocalModels }));
  `);
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({
    before: false,
    after: true,
    rows: [4, 4, 4, 3],
    hub: "https://huggingface.co/",
    remote: true,
    local: true,
  });
});
