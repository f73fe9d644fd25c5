import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { env } from "@huggingface/transformers";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { tinyBert, tinyClip } from "../../../test/tiny-models.js";
import type { ProgressUpdate } from "../../contract.js";
import type { Encoder } from "../encoder.js";
import { cachedModelFolder } from "./hub.js";
import { openHfEncoder } from "./open-hf-encoder.js";

// A hub of our own on this machine: what is fetched, from where, and what is not.
const where = "dataset.yaml:7:5";
const defaultHost = env.remoteHost;
let cache: string;
let asked: string[];
let answer: (path: string, response: ServerResponse, request: IncomingMessage) => void;
const server: Server = createServer((request, response) => {
  asked.push(request.url ?? "");
  answer(request.url ?? "", response, request);
});

const models: Record<string, Readonly<Record<string, string | Uint8Array>>> = {
  "/owner/bert/resolve/main/": tinyBert(),
  "/owner/bert/resolve/v2/": { ...tinyBert(), "1_Pooling/config.json": '{"pooling_mode_cls_token": true}' },
  "/owner/clip/resolve/main/": tinyClip(),
};

function serve(path: string, response: ServerResponse): void {
  const base = Object.keys(models).find((prefix) => path.startsWith(prefix));
  if (base === undefined) {
    response.writeHead(401, { "x-error-code": "RepoNotFound" }).end();
    return;
  }
  const content = models[base]?.[path.slice(base.length)];
  if (content === undefined) response.writeHead(404, { "x-error-code": "EntryNotFound" }).end("Entry not found");
  else response.writeHead(200, { "content-length": Buffer.byteLength(content) }).end(content);
}

beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), "mmdin-hub-"));
  asked = [];
  answer = serve;
  if (!server.listening) await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  vi.stubEnv("HF_HOME", cache);
  vi.stubEnv("HF_ENDPOINT", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (const name of ["HF_TOKEN", "HF_HUB_OFFLINE"]) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  env.remoteHost = defaultHost;
  rmSync(cache, { recursive: true, force: true });
});
afterAll(() => new Promise((done) => server.close(done)));

async function open(
  id: string,
  kind: "text" | "image" = "text",
  progress?: (update: ProgressUpdate) => void,
): Promise<Encoder> {
  return openHfEncoder({ id, kind, root: ".", where, ...(progress ? { progress } : {}) });
}

const message = (opening: Promise<unknown>): Promise<string> =>
  opening.then(
    () => "opened",
    (error) => `${error.code} ${error.message}`,
  );

const WAYS_OUT =
  'Fetch the model into a folder where there is a network and name that, "hf:./folder", or use the encoder lsa, which needs no model';

test("a model of the hub is fetched once into the cache, and then opened without asking", async () => {
  const encoder = await open("hf:owner/bert");
  const files = ["config.json", "1_Pooling/config.json", "tokenizer.json", "tokenizer_config.json", "onnx/model.onnx"];
  expect(asked).toEqual(files.map((file) => `/owner/bert/resolve/main/${file}`));
  if (encoder.kind !== "text") throw new Error("not an encoder of texts");
  expect(await encoder.encode(["red"])).toEqual([Float32Array.of(6, 0, 3, 0).map((value) => value / Math.sqrt(45))]);
  const folder = cachedModelFolder({ repository: "owner/bert", revision: "main" });
  expect(readdirSync(folder).sort()).toEqual(["config.json", "onnx", "tokenizer.json", "tokenizer_config.json"]);

  asked = [];
  env.remoteHost = "http://127.0.0.1:1/";
  vi.stubEnv("HF_ENDPOINT", undefined);
  const again = await open("hf:owner/bert");
  expect(again.version).toBe(encoder.version);
  const local = await openHfEncoder({ id: `hf:${folder}`, kind: "text", root: ".", where });
  expect(local.version).toBe(encoder.version);
  expect(asked).toEqual([]);
});

test("each tower fetches its own files, and those that both need once", async () => {
  await open("hf:owner/clip", "text");
  asked = [];
  await open("hf:owner/clip", "image");
  expect(asked.map((path) => path.replace("/owner/clip/resolve/main/", ""))).toEqual([
    "preprocessor_config.json",
    "onnx/vision_model.onnx",
  ]);
});

test("a revision has files and a folder of its own", async () => {
  const main = await open("hf:owner/bert");
  const other = await open("hf:owner/bert@v2");
  expect(asked).toContain("/owner/bert/resolve/v2/1_Pooling/config.json");
  expect(other.id).toBe("hf:owner/bert@v2");
  expect(other.version).not.toBe(main.version);
  expect(await message(open("hf:owner/bert@v3"))).toContain("CONFIG");
});

test("a download is shown by file, in kB", async () => {
  const shown: ProgressUpdate[] = [];
  await open("hf:owner/bert", "text", (update) => shown.push(update));
  const kilobytes = Math.round(tinyBert()["tokenizer.json"]!.length / 1000);
  expect(shown).toContainEqual({
    phase: "downloading owner/bert: tokenizer.json",
    done: kilobytes,
    total: kilobytes,
    unit: "kB",
  });
  expect(shown.at(-1)?.phase).toBe("opening hf:owner/bert");
});

test("a file that comes compressed is written as it is, and its size is not foretold", async () => {
  const content = tinyBert()["tokenizer.json"] ?? "";
  answer = (path, response) => {
    if (!path.endsWith("tokenizer.json")) return serve(path, response);
    const packed = gzipSync(content);
    response.writeHead(200, { "content-encoding": "gzip", "content-length": packed.length }).end(packed);
  };
  const shown: ProgressUpdate[] = [];
  await open("hf:owner/bert", "text", (update) => shown.push(update));
  const folder = cachedModelFolder({ repository: "owner/bert", revision: "main" });
  expect(readFileSync(join(folder, "tokenizer.json"), "utf8")).toBe(content);
  expect(shown.find(({ phase }) => phase.endsWith("tokenizer.json"))?.total).toBe(undefined);
});

test("without a network the two ways out are named, and no other encoder takes over", async () => {
  vi.stubEnv("HF_ENDPOINT", undefined);
  env.remoteHost = "http://127.0.0.1:1/";
  // "bad port": fetch refuses port 1 before it asks, as it would any host that cannot be reached.
  expect(await message(open("hf:owner/bert"))).toBe(
    `OFFLINE ${where}: the model owner/bert is not on this machine and cannot be downloaded: got bad port. ${WAYS_OUT}`,
  );
  const closed = createServer();
  await new Promise<void>((done) => closed.listen(0, "127.0.0.1", done));
  const { port } = closed.address() as AddressInfo;
  await new Promise((done) => closed.close(done));
  env.remoteHost = `http://127.0.0.1:${port}/`;
  expect(await message(open("hf:owner/bert"))).toContain(
    `cannot be downloaded: got connect ECONNREFUSED 127.0.0.1:${port}`,
  );
  expect(await message(open("hf:owner/clip", "image"))).toMatch(
    /^OFFLINE .* or use the encoder pixels, which needs no model$/,
  );
});

test("HF_HUB_OFFLINE and a hub that is down are said as such", async () => {
  vi.stubEnv("HF_HUB_OFFLINE", "1");
  expect(await message(open("hf:owner/bert"))).toContain("OFFLINE");
  expect(await message(open("hf:owner/bert"))).toContain("got HF_HUB_OFFLINE is set. Fetch the model");
  expect(asked).toEqual([]);
  vi.stubEnv("HF_HUB_OFFLINE", "0");
  answer = (_, response) => response.writeHead(503).end();
  expect(await message(open("hf:owner/bert"))).toMatch(/^OFFLINE .*: got HTTP 503 for config.json\. Fetch/);
});

test("a model that the hub does not know, or does not show, is told from a network that is down", async () => {
  expect(await message(open("hf:owner/none"))).toBe(
    `CONFIG ${where}: the hub knows no model owner/none at main, or does not show it to everyone: got HTTP 401. ` +
      `Check the name, set HF_TOKEN where the model is private or gated. Or: ${WAYS_OUT}`,
  );
});

test("a model of the hub without a graph in float32 says which file it lacks", async () => {
  answer = (path, response) =>
    path.endsWith(".onnx") ? serve("/owner/bert/resolve/main/none", response) : serve(path, response);
  expect(await message(open("hf:owner/bert"))).toContain("the model hf:owner/bert has no file onnx/model.onnx");
});

test("a download that breaks off leaves no file, and the next one begins again", async () => {
  answer = (path, response) => {
    if (!path.endsWith(".onnx")) return serve(path, response);
    response.writeHead(200, { "content-length": 1_000_000 }).write("a part");
    setTimeout(() => response.destroy(), 20);
  };
  expect(await message(open("hf:owner/bert"))).toMatch(/^OFFLINE .*: got the download broke off: .*\. Fetch the model/);
  const onnx = join(cachedModelFolder({ repository: "owner/bert", revision: "main" }), "onnx");
  expect(readdirSync(onnx)).toEqual([]);
  answer = serve;
  expect(await message(open("hf:owner/bert"))).toBe("opened");
});

test("two encoders may fetch one model at once", async () => {
  const [a, b] = await Promise.all([open("hf:owner/bert"), open("hf:owner/bert")]);
  expect(a.version).toBe(b.version);
});

test("the token goes to the hub that HF_ENDPOINT names, and to no host that it was not given for", async () => {
  const tokens: (string | undefined)[] = [];
  answer = (path, response, request) => {
    tokens.push(request.headers.authorization);
    serve(path, response);
  };
  vi.stubEnv("HF_TOKEN", "secret");
  await open("hf:owner/bert");
  expect(new Set(tokens)).toEqual(new Set(["Bearer secret"]));
  tokens.length = 0;
  env.remoteHost = `${process.env.HF_ENDPOINT}/`;
  vi.stubEnv("HF_ENDPOINT", undefined);
  await open("hf:owner/clip");
  expect(new Set(tokens)).toEqual(new Set([undefined]));
});

test("the cache lies in HF_HOME, else in XDG_CACHE_HOME, else in .cache of the home folder", () => {
  const model = { repository: "owner/bert", revision: "main" };
  expect(cachedModelFolder(model)).toBe(join(cache, "mmdin/owner/bert/main"));
  vi.stubEnv("HF_HOME", undefined);
  vi.stubEnv("XDG_CACHE_HOME", join(cache, "xdg"));
  expect(cachedModelFolder(model)).toBe(join(cache, "xdg/huggingface/mmdin/owner/bert/main"));
  vi.stubEnv("XDG_CACHE_HOME", undefined);
  expect(cachedModelFolder(model)).toBe(join(homedir(), ".cache/huggingface/mmdin/owner/bert/main"));
  expect(existsSync(cachedModelFolder(model))).toBe(false);
});
