import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Progress } from "../../contract.js";
import { MmdinError } from "../../errors.js";
import { cachedModelFolder, fetchModelFile, type HubModel } from "./hub.js";
import { type ModelConfig, readModelConfig, readPooling } from "./model-config.js";
import { parseModelId } from "./model-id.js";
import { type Pooling, type Tower, towerOf } from "./tower.js";

export interface FindOptions {
  kind: "text" | "image";
  /** Local folders are relative to it. */
  root: string;
  where: string;
  progress?: Progress | undefined;
}

/** A model whose files are all on this machine. */
export interface ModelFiles {
  /** Absolute path of the folder. */
  folder: string;
  /** Absolute path of the tower's graph. */
  graph: string;
  config: ModelConfig;
  tower: Tower;
  pooling: Pooling;
  /** sha256 over the names and contents of every file that decides on a vector. */
  hash: string;
}

const INPUT_FILES = { text: ["tokenizer.json", "tokenizer_config.json"], image: ["preprocessor_config.json"] } as const;
const POOLING_FILE = "1_Pooling/config.json";

/**
 * Finds the files of a model, in a local folder or in the cache, and fetches from the hub those that the cache has not.
 * What was fetched once is never asked for again.
 *
 * @throws MmdinError CONFIG, DATA, OFFLINE or IO: see `openHfEncoder`.
 */
export async function findModel(id: string, { kind, root, where, progress }: FindOptions): Promise<ModelFiles> {
  const place = parseModelId(id, { root, where });
  const hub: HubModel | undefined = place.source === "hub" ? { ...place, kind, where, progress } : undefined;
  const folder = place.source === "hub" ? cachedModelFolder(place) : place.folder;
  if (place.source === "folder" && !existsSync(folder)) {
    throw new MmdinError("DATA", `there is no folder of a model at ${folder}`, { where });
  }
  const has = async (file: string): Promise<boolean> =>
    isFile(join(folder, file)) || (hub !== undefined && (await fetchModelFile(file, { model: hub, folder })));
  const need = async (file: string): Promise<string> => {
    if (!(await has(file))) throw missing(file, { id, folder, where });
    return file;
  };

  const files = [await need("config.json")];
  const config = readModelConfig(join(folder, "config.json"), { where });
  const tower = towerOf(config.modelType, { kind, where });
  const graph = `onnx/${tower.graph}.onnx`;
  // The graph comes last. Where it is there, all else was asked for, and what is not there the model does not have.
  const complete = isFile(join(folder, graph));
  const ownPooling =
    tower.pooling === "own" && (complete ? isFile(join(folder, POOLING_FILE)) : await has(POOLING_FILE));
  if (ownPooling) files.push(POOLING_FILE);
  for (const file of [...INPUT_FILES[kind], ...dataFiles(graph, config.dataFiles(tower.graph)), graph])
    files.push(await need(file));

  const pooling =
    tower.pooling !== "own" ? tower.pooling : ownPooling ? readPooling(join(folder, POOLING_FILE), { where }) : "mean";
  progress?.({ phase: `opening ${id}`, done: 0 });
  return { folder, graph: join(folder, graph), config, tower, pooling, hash: await hashFiles(files, folder) };
}

/** Weights over 2 GB lie beside the graph, in files of these names. */
function dataFiles(graph: string, count: number): string[] {
  return Array.from({ length: count }, (_, chunk) => `${graph}_data${chunk === 0 ? "" : `_${chunk}`}`);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function missing(file: string, { id, folder, where }: { id: string; folder: string; where: string }): MmdinError {
  const there = ["", "onnx"].flatMap((part) => {
    const path = join(folder, part);
    return existsSync(path) && statSync(path).isDirectory()
      ? readdirSync(path).map((name) => (part ? `${part}/${name}` : name))
      : [];
  });
  const onnx = there.filter((name) => name.endsWith(".onnx"));
  const shown = (onnx.length > 0 && file.endsWith(".onnx") ? onnx : there).filter((name) => name !== "onnx");
  return new MmdinError("DATA", `the model ${id} has no file ${file}`, {
    where,
    expected:
      "a model in the layout of transformers.js: config.json, the files of its tokenizer or preprocessor, onnx/*.onnx in float32",
    got: shown.length > 0 ? shown.slice(0, 8).join(", ") : "nothing of it",
    fix: "On the hub, models in this layout carry the tag transformers.js",
  });
}

async function hashFiles(files: readonly string[], folder: string): Promise<string> {
  const all = createHash("sha256");
  for (const file of files) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(join(folder, file), { highWaterMark: 1 << 20 }), hash);
    all.update(`${file}\n${hash.digest("hex")}\n`);
  }
  return all.digest("hex");
}
