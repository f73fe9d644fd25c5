import { mkdir, open, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Progress } from "../../contract.js";
import { fileProblem, MmdinError } from "../../errors.js";
import { WITHOUT_MODEL } from "./tower.js";
import { type Transformers, transformers } from "./transformers.js";

/** A model of the hub. */
export interface HubModel {
  repository: string;
  revision: string;
  kind: "text" | "image";
  /** The place in dataset.yaml, for errors. */
  where: string;
  progress?: Progress | undefined;
}

/**
 * The folder that holds a model of the hub once it was fetched: `<cache>/mmdin/<owner>/<name>/<revision>`, where `<cache>`
 * is HF_HOME, else `huggingface` in XDG_CACHE_HOME, else ~/.cache/huggingface. The default of @huggingface/transformers is a
 * folder inside node_modules, which the next `npm ci` empties.
 */
export function cachedModelFolder({ repository, revision }: Pick<HubModel, "repository" | "revision">): string {
  const { HF_HOME, XDG_CACHE_HOME } = process.env;
  const cache = HF_HOME || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface");
  return join(cache, "mmdin", ...repository.split("/"), revision);
}

/**
 * Fetches a file of a model into its folder; the file appears there by a rename, whole or not at all. The host and the way
 * of fetching are those of @huggingface/transformers (`env.remoteHost`, `env.remotePathTemplate`, `env.fetch`),
 * unless HF_ENDPOINT names another host; HF_TOKEN opens private and gated models; HF_HUB_OFFLINE=1 forbids fetching.
 *
 * @returns false where the model has no such file.
 * @throws MmdinError OFFLINE where the hub cannot be asked, CONFIG where it knows no such model or does not show it, IO where
 *   the file cannot be written.
 */
export async function fetchModelFile(
  file: string,
  { model, folder }: { model: HubModel; folder: string },
): Promise<boolean> {
  const { env } = await transformers(model);
  const response = await ask(file, { model, env });
  const unknown = /^(Repo|Revision)NotFound$/.test(response.headers.get("x-error-code") ?? "");
  if (response.status === 404 && !unknown) return false;
  if ([401, 403, 404].includes(response.status)) throw unknownModel(model, response.status);
  if (!response.ok || !response.body) throw offline(model, `HTTP ${response.status} for ${file}`);
  // Of what comes compressed, the header counts other bytes than those that arrive here.
  const size = response.headers.has("content-encoding") ? null : response.headers.get("content-length");
  const total = Math.round(Number(size ?? 0) / 1000);
  const phase = `downloading ${model.repository}: ${file}`;
  let bytes = 0;
  await writeWhole(join(folder, file), async function* () {
    for await (const chunk of received(response.body ?? [], model)) {
      yield chunk;
      bytes += chunk.length;
      model.progress?.({ phase, done: Math.round(bytes / 1000), ...(total > 0 ? { total } : {}), unit: "kB" });
    }
  });
  return true;
}

type Env = (typeof Transformers)["env"];

async function ask(file: string, { model, env }: { model: HubModel; env: Env }): Promise<Response> {
  const { HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE } = process.env;
  if (/^(1|on|true|yes)$/i.test(HF_HUB_OFFLINE ?? "")) throw offline(model, "HF_HUB_OFFLINE is set");
  if (!env.allowRemoteModels) throw offline(model, "env.allowRemoteModels of @huggingface/transformers is off");
  const host = (HF_ENDPOINT || env.remoteHost).replace(/\/*$/, "/");
  const path = env.remotePathTemplate
    .replaceAll("{model}", model.repository)
    .replaceAll("{revision}", encodeURIComponent(model.revision))
    .replace(/\/*$/, "/");
  try {
    // The token goes to the hub, or where the user sends it by HF_ENDPOINT, and nowhere else.
    const trusted = Boolean(HF_ENDPOINT) || /^https:\/\/(huggingface\.co|hf\.co)\//.test(host);
    const headers: Record<string, string> = HF_TOKEN && trusted ? { authorization: `Bearer ${HF_TOKEN}` } : {};
    return await env.fetch(`${host}${path}${file}`, { headers });
  } catch (cause) {
    throw offline(model, deepest(cause), cause);
  }
}

async function* received(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  model: HubModel,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw offline(model, `the download broke off: ${deepest(cause)}`, cause);
  }
}

function offline(model: HubModel, got: string, cause?: unknown): MmdinError {
  const missing = `the model ${model.repository} is not on this machine and cannot be downloaded`;
  return new MmdinError("OFFLINE", missing, { where: model.where, got, fix: waysOut(model.kind), cause });
}

function unknownModel({ repository, revision, kind, where }: HubModel, status: number): MmdinError {
  const problem = `the hub knows no model ${repository} at ${revision}, or does not show it to everyone`;
  const fix = `Check the name, set HF_TOKEN where the model is private or gated. Or: ${waysOut(kind)}`;
  return new MmdinError("CONFIG", problem, { where, got: `HTTP ${status}`, fix });
}

/** What can be done without the hub. */
function waysOut(kind: HubModel["kind"]): string {
  return `Fetch the model into a folder where there is a network and name that, "hf:./folder", or use the encoder ${WITHOUT_MODEL[kind]}, which needs no model`;
}

/** What went wrong at the bottom: fetch itself says "fetch failed" of everything. */
function deepest(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof AggregateError && cause.errors.length > 0) return deepest(cause.errors[0]);
  return cause.cause === undefined ? cause.message : deepest(cause.cause);
}

let temporaries = 0;

async function writeWhole(path: string, chunks: () => AsyncGenerator<Uint8Array>): Promise<void> {
  // A name of its own for each writer: two encoders can fetch the same file at once, and the last rename wins.
  const temporary = `${path}.${process.pid}-${temporaries++}.tmp`;
  await attempt(path, mkdir(dirname(path), { recursive: true }));
  const file = await attempt(path, open(temporary, "wx"));
  let done = false;
  try {
    try {
      for await (const chunk of chunks()) await attempt(path, file.writeFile(chunk));
      await attempt(path, file.sync());
    } finally {
      await file.close();
    }
    await attempt(path, rename(temporary, path));
    done = true;
  } finally {
    if (!done) await rm(temporary, { force: true });
  }
}

async function attempt<Result>(path: string, act: Promise<Result>): Promise<Result> {
  try {
    return await act;
  } catch (cause) {
    throw new MmdinError("IO", "the file could not be written", { where: path, got: fileProblem(cause), cause });
  }
}
