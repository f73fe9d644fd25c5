import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RankRequest } from "../contract.js";
import { MmdinError } from "../errors.js";
import { type OnnxRuntime, onnxRuntime } from "../runtime/onnxruntime.js";
import { type BundleEncoding, type BundleVocabulary, RequestEncoder } from "./bundle-feeds.js";
import { DATA_FILE, MODEL_FILE } from "./write-model.js";

/** What a runtime says of the candidates of some requests, [B, N] each, row by row. */
export interface RuntimeAnswer {
  probability: ArrayLike<number>;
  logit: ArrayLike<number>;
  dims: readonly number[];
}
export interface RuntimeAnswers {
  version: string;
  answers: RuntimeAnswer[];
}

/** The requests of each run of the model. */
export type ParityBatch = RankRequest[];

export interface RuntimeQuestion {
  /** The bundle. */
  folder: string;
  batches: readonly ParityBatch[];
  /** The program that runs Python. */
  python: string;
}

export interface ParityRuntime {
  name: string;
  score(question: RuntimeQuestion): Promise<RuntimeAnswers | { skipped: string }>;
}

/** Where a bundle is tried out. The first one is always there: mmdin computes with it. */
export const RUNTIMES: readonly ParityRuntime[] = [
  { name: "onnxruntime-node", score: scoreInNode },
  { name: "onnxruntime-web (wasm)", score: scoreInWasm },
  { name: "onnxruntime in Python", score: scoreInPython },
];

async function scoreInNode({ folder, batches }: RuntimeQuestion): Promise<RuntimeAnswers> {
  const ort = onnxRuntime();
  const options = { intraOpNumThreads: 1, logSeverityLevel: 4 } as const;
  const session = await ort.InferenceSession.create(join(folder, MODEL_FILE), options);
  const answers = await answersOf(session, { Tensor: ort.Tensor, folder, batches });
  return { version: ort.env.versions.node ?? "", answers };
}

/** WebAssembly addresses 4 GiB, and the tensors are there twice while a session opens. */
const LARGEST_IN_WASM = 1e9;

async function scoreInWasm({ folder, batches }: RuntimeQuestion): Promise<RuntimeAnswers | { skipped: string }> {
  const ort = await onnxRuntimeWeb();
  if (ort === undefined) return { skipped: "onnxruntime-web is not installed" };
  const data = join(folder, DATA_FILE);
  const hasData = existsSync(data);
  const bytes = statSync(join(folder, MODEL_FILE)).size + (hasData ? statSync(data).size : 0);
  if (bytes > LARGEST_IN_WASM) return { skipped: `the model is larger than a browser surely holds: ${bytes} bytes` };
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(readFileSync(join(folder, MODEL_FILE)), {
    executionProviders: ["wasm"],
    logSeverityLevel: 4,
    ...(hasData && { externalData: [{ path: DATA_FILE, data: readFileSync(data) }] }),
  });
  const answers = await answersOf(session, { Tensor: ort.Tensor, folder, batches });
  return { version: ort.env.versions.web ?? "", answers };
}

async function answersOf(
  session: OnnxRuntime.InferenceSession,
  { Tensor, folder, batches }: { Tensor: typeof OnnxRuntime.Tensor; folder: string; batches: readonly ParityBatch[] },
): Promise<RuntimeAnswers["answers"]> {
  const read = <T>(name: string): T => JSON.parse(readFileSync(join(folder, name), "utf8")) as T;
  const encoder = new RequestEncoder(read<BundleEncoding>("encoding.json"), read<BundleVocabulary>("vocabulary.json"));
  const answers: RuntimeAnswers["answers"] = [];
  try {
    for (const requests of batches) {
      const feeds = Object.entries(encoder.feeds(requests)).map(
        ([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)] as const,
      );
      const { probability, logit } = await session.run(Object.fromEntries(feeds), ["probability", "logit"]);
      answers.push({
        probability: Float32Array.from(probability!.data as Float32Array),
        logit: Float32Array.from(logit!.data as Float32Array),
        dims: logit!.dims,
      });
    }
    return answers;
  } finally {
    await session.release();
  }
}

/** onnxruntime-web as it lies beside mmdin, or in the folder that this process works in. */
async function onnxRuntimeWeb(): Promise<typeof import("onnxruntime-web") | undefined> {
  const require = createRequire(import.meta.url);
  const own = createRequire(join(process.cwd(), "package.json"));
  for (const from of [require, own]) {
    try {
      from.resolve("onnxruntime-web");
    } catch {
      continue; // not installed there
    }
    return from("onnxruntime-web") as typeof import("onnxruntime-web");
  }
  return undefined;
}

/** How `check.py` ends where Python lacks a module. */
const MODULE_MISSING = 3;

async function scoreInPython({
  folder,
  batches,
  python,
}: RuntimeQuestion): Promise<RuntimeAnswers | { skipped: string }> {
  const script = fileURLToPath(new URL("./bundle/check.py", import.meta.url));
  const { status, error, stdout, stderr } = spawnSync(python, [script], {
    input: JSON.stringify({ bundle: folder, batches }),
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) return { skipped: `${python} does not start` };
  const said = stderr.trim().split("\n").at(-1) ?? "";
  if (status === MODULE_MISSING) return { skipped: said };
  if (status !== 0) {
    throw new MmdinError("RUNTIME", "the bundle fails in Python", {
      where: python,
      got: said || `exit code ${status}`,
    });
  }
  return JSON.parse(stdout) as RuntimeAnswers;
}
