import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { RunConfig } from "../config/run-config.js";
import { writeJsonAtomic } from "../data/atomic.js";
import { type Catalogue, copyCatalogue, type DatasetManifest, openCatalogue } from "../data/index.js";
import { readSafetensors, writeSafetensors } from "../data/safetensors.js";
import { MmdinError } from "../errors.js";
import type { LogitMap } from "../metrics/index.js";
import { type ConfiguredModel, findModel } from "../models/registry.js";
import type { Builder } from "../nn/builder.js";
import type { Validation } from "./fit.js";
import type { RunCalibration } from "./run-calibration.js";
import { Weights, weightSpecs } from "./weights.js";

export const RUN_FORMAT = "mmdin-run";
export const RUN_VERSION = 3;
const WEIGHTS = { name: "mmdin-weights", version: 1 };
const MANIFEST = "manifest.json";

/** What a run folder says of itself. */
export interface RunManifest {
  format: typeof RUN_FORMAT;
  version: number;
  /** Versions of what trained it. */
  versions: { mmdin: string; node: string; onnxruntime: string };
  created: string;
  model: string;
  /** Every option of the run, defaults filled in; `options` are the model's own. */
  config: RunConfig;
  /** What it was trained on: `root` is the folder of the sources, `encoders` made the vectors of texts and images. */
  dataset: Pick<DatasetManifest, "name" | "hash" | "root" | "encoders"> & { directory: string };
  /** Folder inside the run that holds its catalogue: another one after each time that items were added. */
  catalogue: string;
  /** File inside the run with what candidates are found by; absent in runs of before it was written. */
  candidates?: string;
  /** Items that were added after training. */
  itemsAdded: number;
  /** Number of weights: dense parameters, tables, running moments. */
  parameters: number;
  threads: number;
  device: string;
  /** "training" until it has ended; the weights are then the best so far. */
  state: "training" | "finished";
  best: Omit<Validation, "best" | "seconds"> | null;
  /** What becomes of the model's logits; null until training has ended: they are then taken as they are. */
  calibration: RunCalibration | null;
  /** How training ended, and how fast it was. */
  result: RunResult | null;
}

export interface RunResult {
  stopped: "early" | "epochs" | "asked" | "counted";
  epochs: number;
  steps: number;
  seconds: number;
  rowsPerSecond: number | null;
  /** Milliseconds of the training thread by phase. */
  spent: Record<string, number>;
  /** Largest resident memory of the process, bytes. */
  peakMemory: number;
}

/**
 * Writes a run. Everything goes to a hidden folder beside it until there are first weights; then that folder takes the
 * place, and each better set of weights and each manifest replaces the one before at once. Whenever the process ends, the
 * folder holds the last good state, or the run that was there before.
 */
export class RunWriter {
  readonly #place: string;
  #folder: string;
  #manifest: RunManifest;

  constructor(place: string, { manifest, catalogue }: { manifest: RunManifest; catalogue: Catalogue }) {
    this.#place = resolve(place);
    this.#manifest = manifest;
    checkPlace(this.#place);
    clearLeftovers(this.#place);
    this.#folder = join(dirname(this.#place), `.${basename(this.#place)}.${process.pid}.partial`);
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { recursive: true });
    copyCatalogue(catalogue.directory, join(this.#folder, manifest.catalogue));
  }

  /** The folder as it is at this moment: hidden until there are first weights. */
  get folder(): string {
    return this.#folder;
  }

  log(entry: object): void {
    appendFileSync(join(this.#folder, "log.jsonl"), `${JSON.stringify(entry)}\n`);
  }

  save(weights: Weights, best: Validation | null): void {
    const tensors = new Map(weights.specs.map(({ name, shape }) => [name, { shape, data: weights.get(name) }]));
    writeSafetensors(join(this.#folder, "weights.safetensors"), tensors, { format: WEIGHTS });
    if (best !== null) {
      const { best: _, seconds: __, ...indicators } = best;
      this.#manifest = { ...this.#manifest, best: indicators };
    }
    this.#writeManifest();
    if (this.#folder !== this.#place) this.#takePlace();
  }

  calibrate(calibration: RunCalibration): void {
    this.#manifest = { ...this.#manifest, calibration };
    this.log({ kind: "calibration", calibration });
    this.#writeManifest();
  }

  finish(result: RunResult): RunManifest {
    this.#manifest = { ...this.#manifest, state: "finished", result };
    this.#writeManifest();
    return this.#manifest;
  }

  /** Removes what is not a run yet. */
  abandon(): void {
    if (this.#folder !== this.#place) rmSync(this.#folder, { recursive: true, force: true });
  }

  #writeManifest(): void {
    writeRunManifest(this.#folder, this.#manifest);
  }

  #takePlace(): void {
    checkPlace(this.#place);
    const old = `${this.#folder}.old`;
    if (existsSync(this.#place)) renameSync(this.#place, old);
    renameSync(this.#folder, this.#place);
    rmSync(old, { recursive: true, force: true });
    this.#folder = this.#place;
  }
}

/**
 * Removes what processes that were killed have left beside a run. A run that one of them had just moved away, to put its own
 * in the place, is moved back.
 */
function clearLeftovers(place: string): void {
  const parent = dirname(place);
  if (!existsSync(parent)) return;
  const start = `.${basename(place)}.`;
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(start)) continue;
    const [, pid, old] = /^(\d+)\.partial(\.old)?$/.exec(name.slice(start.length)) ?? [];
    if (pid === undefined || isRunning(Number(pid))) continue;
    if (old !== undefined && !existsSync(place)) renameSync(join(parent, name), place);
    else rmSync(join(parent, name), { recursive: true, force: true });
  }
}

export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0); // sends nothing
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** A run may take the place of nothing, or of another run. */
function checkPlace(place: string): void {
  if (!existsSync(place)) return;
  try {
    readRunManifest(place);
  } catch (cause) {
    throw new MmdinError("IO", "something that is no run is there already", {
      where: place,
      fix: "Choose another --out",
      cause,
    });
  }
}

/** Replaces what a run says of itself, at once. */
export function writeRunManifest(run: string, manifest: RunManifest): void {
  writeJsonAtomic(join(run, MANIFEST), manifest);
}

export function readRunManifest(run: string): RunManifest {
  const path = join(run, MANIFEST);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const fix = "Give a folder that `mmdin train` wrote";
    throw new MmdinError("FORMAT", "not a run", { where: path, expected: "this file", got: "none", fix, cause });
  }
  let manifest: Partial<RunManifest>;
  try {
    manifest = JSON.parse(text) as Partial<RunManifest>;
  } catch (cause) {
    throw new MmdinError("FORMAT", "the file is damaged: it is no JSON", {
      where: path,
      fix: "Train the run again",
      cause,
    });
  }
  if (manifest?.format !== RUN_FORMAT) {
    throw new MmdinError("FORMAT", "not a run", {
      where: path,
      expected: `format "${RUN_FORMAT}"`,
      got: `${manifest?.format ?? "no format"}`,
    });
  }
  if (manifest.version !== RUN_VERSION) {
    throw new MmdinError("FORMAT", "a run of another version", {
      where: path,
      expected: `version ${RUN_VERSION}`,
      got: `version ${manifest.version}`,
      fix: "Use the mmdin that wrote it, or train it again",
    });
  }
  return manifest as RunManifest;
}

/** A run opened for scoring. */
export interface OpenedRun {
  directory: string;
  manifest: RunManifest;
  catalogue: Catalogue;
  model: ConfiguredModel;
  /** Reads the weights that a graph of the model declares. */
  weights: (builder: Builder) => Weights;
  /** What becomes of the model's logits. */
  calibration: LogitMap;
}

/** @param options.catalogue that of the run where it is open already: its columns are shared by threads. */
export function openRun(run: string, { catalogue: opened }: { catalogue?: Catalogue | undefined } = {}): OpenedRun {
  const manifest = readRunManifest(run);
  const model = findModel(manifest.model).configure(manifest.config.options);
  const weights = (builder: Builder): Weights => {
    const expected = new Map(weightSpecs(builder).map(({ name, shape }) => [name, { shape, dtype: "F32" as const }]));
    const { tensors } = readSafetensors(join(run, "weights.safetensors"), { format: WEIGHTS, expected });
    const arrays = new Map<string, Float32Array>();
    for (const [name, { data }] of tensors) if (data instanceof Float32Array) arrays.set(name, data);
    return Weights.of(builder, arrays);
  };
  const catalogue = opened ?? openCatalogue(join(run, manifest.catalogue));
  const calibration: LogitMap = manifest.calibration ?? { kind: "none" };
  return { directory: run, manifest, catalogue, model, weights, calibration };
}
