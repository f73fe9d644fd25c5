import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";
import type { RankedItem, RankRequest } from "../../../src/contract.js";

/** What the page asks of the worker, and what it answers: everything stays on this machine. */
export type DeviceQuestion = { id: number; load: string } | { id: number; rank: RankRequest };
export type DeviceAnswer =
  | { id: number; loaded: { milliseconds: number; bytes: number } }
  | { id: number; results: RankedItem[]; milliseconds: number }
  | { id: number; problem: string };

/** The part of request.mjs, which comes with the bundle, that is used here. */
interface RequestModule {
  RequestEncoder: new (
    encoding: unknown,
    vocabulary: unknown,
  ) => {
    feeds(request: RankRequest): Record<string, { type: "int32" | "float32" | "float64"; data: never; dims: number[] }>;
  };
  ranked(request: RankRequest, outputs: Record<string, Tensor>): RankedItem[];
}

interface Opened {
  session: InferenceSession;
  encoder: InstanceType<RequestModule["RequestEncoder"]>;
  ranked: RequestModule["ranked"];
}

// One thread: more of them need a page that is isolated from all others, and bring little for one person's items.
env.wasm.numThreads = 1;
env.wasm.wasmPaths = { wasm: new URL(wasm, import.meta.url).href };

let opened: Promise<Opened> | undefined;

addEventListener("message", ({ data }: MessageEvent<DeviceQuestion>) => {
  void answer(data)
    .catch((error: unknown): DeviceAnswer => {
      return { id: data.id, problem: error instanceof Error ? error.message : String(error) };
    })
    .then((message) => postMessage(message));
});

async function answer(question: DeviceQuestion): Promise<DeviceAnswer> {
  const begin = performance.now();
  const { id } = question;
  if ("load" in question) {
    const { opening, bytes } = await open(question.load);
    opened = opening;
    await opening;
    return { id, loaded: { milliseconds: performance.now() - begin, bytes } };
  }
  if (opened === undefined) throw new Error("the model has not been loaded");
  const { session, encoder, ranked } = await opened;
  const feeds = Object.entries(encoder.feeds(question.rank)).map(
    ([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)] as const,
  );
  const outputs = await session.run(Object.fromEntries(feeds), ["probability", "logit"]);
  return { id, results: ranked(question.rank, outputs), milliseconds: performance.now() - begin };
}

/** Loads the bundle from `base`, a URL that ends with a slash. */
async function open(base: string): Promise<{ opening: Promise<Opened>; bytes: number }> {
  const read = async (name: string): Promise<Response> => {
    const response = await fetch(base + name);
    if (!response.ok) throw new Error(`${name}: the server answers ${response.status}`);
    return response;
  };
  // The manifest first: while the server exports the model, only one request waits.
  const manifest = (await (await read("manifest.json")).json()) as { files: Record<string, { bytes: number }> };
  const external = "model.onnx.data" in manifest.files;
  const [model, data, encoding, vocabulary, requests] = await Promise.all([
    read("model.onnx").then((response) => response.arrayBuffer()),
    external ? read("model.onnx.data").then((response) => response.arrayBuffer()) : null,
    read("encoding.json").then((response) => response.json() as Promise<unknown>),
    read("vocabulary.json").then((response) => response.json() as Promise<unknown>),
    import(/* @vite-ignore */ `${base}request.mjs`) as Promise<RequestModule>,
  ]);
  const session = InferenceSession.create(new Uint8Array(model), {
    executionProviders: ["wasm"],
    ...(data !== null && { externalData: [{ path: "model.onnx.data", data: new Uint8Array(data) }] }),
  });
  const opening = session.then((created) => ({
    session: created,
    encoder: new requests.RequestEncoder(encoding, vocabulary),
    ranked: requests.ranked,
  }));
  return { opening, bytes: model.byteLength + (data?.byteLength ?? 0) };
}
