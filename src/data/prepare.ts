import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type DatasetConfigFile, readDatasetConfig } from "../config/dataset-config.js";
import type { Progress } from "../contract.js";
import type { EncodingReport } from "../modality/encode-contents.js";
import type { Encoder } from "../modality/encoder.js";
import { packageVersion } from "../package-version.js";
import type { FileEntry } from "./arrow-file.js";
import { writeCatalogue } from "./catalogue-file.js";
import { type DatasetManifest, encodersOf } from "./columns.js";
import { Database } from "./database.js";
import {
  CATALOGUE_FOLDER,
  DATASET_FORMAT,
  DATASET_MANIFEST,
  DATASET_VERSION,
  type WrittenColumns,
} from "./dataset-file.js";
import { readLog } from "./event-log.js";
import { readItemSources } from "./items.js";
import { type MakeInput, makeDataset, type PreparedColumns } from "./make-dataset.js";
import { entryOfFile, hashOf, writeManifest } from "./manifest.js";
import { writeNewFolder } from "./new-folder.js";
import { readRawEvents } from "./raw-events.js";
import { type DatasetSummary, summarise } from "./summary.js";
import { readUserTable } from "./users.js";
import { writeColumnsAside } from "./write-columns.js";

export interface PrepareOptions {
  /** Folder of the prepared dataset; one that is there is replaced when the new one is complete. */
  out: string;
  /** Folder of the sources, instead of `root` of the configuration. */
  root?: string | undefined;
  /** Seed of the negatives. Default 1. */
  seed?: number | undefined;
  /** Folder that keeps what encoders made of texts and images, for the next time. Default ".mmdin/cache"; false for none. */
  cache?: string | false | undefined;
  /** Encoders of your own, which dataset.yaml names by their ids. */
  encoders?: readonly Encoder[] | undefined;
  progress?: Progress | undefined;
}

export const DEFAULT_CACHE = join(".mmdin", "cache");

export interface PrepareSummary extends DatasetSummary {
  name: string;
  /** What became of texts and images, by modality. */
  encodings: Record<string, EncodingReport>;
  directory: string;
  hash: string;
  bytes: {
    /** Of everything. */
    total: number;
    /** Of events and rows, synthetic rows included: what grows with the log. */
    eventsAndRows: number;
    perEvent: number;
    /** Of the fixed candidate lists of validation and test. */
    ranking: number;
    catalogue: number;
  };
  seconds: number;
}

/**
 * Prepares a dataset: reads the sources that dataset.yaml names, makes timelines, statistics, negatives and splits, and
 * writes Arrow IPC files, a catalogue and a manifest. The same sources and seed give the same hash.
 *
 * @throws MmdinError CONFIG, DATA, OFFLINE or IO; nothing half-written remains.
 */
export async function prepare(
  configPath: string,
  { out, root, seed = 1, cache = DEFAULT_CACHE, encoders = [], progress = () => undefined }: PrepareOptions,
): Promise<PrepareSummary> {
  const begin = performance.now();
  const file = readDatasetConfig(configPath, root === undefined ? {} : { root });
  const place = { replaceable: isDataset, expected: "a prepared dataset" };
  return writeNewFolder(out, place, async (folder) => {
    const writing: Promise<Record<string, FileEntry>>[] = [];
    const onColumns = (columns: WrittenColumns) => {
      writing.push(writeColumnsAside(folder, columns));
      writing[0]?.catch(() => undefined); // thrown below, when we come to wait for it
    };
    try {
      const { dataset, dropped, itemsNotInTable } = await readSources(file, {
        seed,
        encoding: { cache: cache === false ? null : cache, encoders, progress },
        progress,
        spill: join(folder, "spill"),
        onColumns,
      });
      progress({ phase: "writing", done: 0 });
      const { negativesDropped, trainingEvents } = dataset;
      const summary = summarise(dataset, { dropped, negativesDropped, itemsNotInTable, trainingEvents });
      const catalogue = writeCatalogueFiles(folder, dataset);
      const [columns] = await Promise.all(writing);
      const files = { ...columns, ...catalogue };
      const manifest = manifestOf(file, { dataset, files, summary, seed });
      writeManifest(join(folder, DATASET_MANIFEST), manifest);
      const bytes = bytesOf(files, summary.events);
      progress({ phase: "writing", done: bytes.total, total: bytes.total, unit: "bytes" });
      return {
        ...summary,
        name: file.config.name,
        encodings: dataset.encodings,
        directory: out,
        hash: manifest.hash,
        bytes,
        seconds: (performance.now() - begin) / 1000,
      };
    } finally {
      await Promise.allSettled(writing); // the folder is removed where anything failed
    }
  });
}

function writeCatalogueFiles(folder: string, dataset: PreparedColumns): Record<string, FileEntry> {
  const place = join(folder, CATALOGUE_FOLDER);
  writeCatalogue(place, dataset.catalogue, dataset);
  return Object.fromEntries(
    readdirSync(place).map((name) => [`${CATALOGUE_FOLDER}/${name}`, entryOfFile(join(place, name))]),
  );
}

function manifestOf(
  file: DatasetConfigFile,
  {
    dataset,
    files,
    summary,
    seed,
  }: { dataset: PreparedColumns; files: Record<string, FileEntry>; summary: DatasetSummary; seed: number },
): DatasetManifest {
  return {
    format: DATASET_FORMAT,
    version: DATASET_VERSION,
    name: file.config.name,
    root: file.root,
    created: new Date().toISOString(),
    mmdin: packageVersion(),
    hash: hashOf(files),
    files,
    encoders: encodersOf(dataset.catalogue),
    config: { ...file.config, seed },
    summary,
  };
}

interface Read {
  dataset: PreparedColumns;
  dropped: Record<string, number>;
  itemsNotInTable: number;
}

async function readSources(
  file: DatasetConfigFile,
  { spill, ...options }: Pick<MakeInput, "seed" | "encoding" | "progress" | "onColumns"> & { spill: string },
): Promise<Read> {
  const { progress } = options;
  const database = await Database.open({ root: file.root, spill });
  try {
    progress({ phase: "reading sources", done: 0 });
    const log = await readLog(database, file);
    const itemSources = await readItemSources(database, file);
    const userTable = await readUserTable(database, file);
    const itemTable = itemSources.table?.table;
    const { raw, byTime } = await readRawEvents(database, log, {
      userTable: userTable?.table,
      itemTable,
      progress: (done) => progress({ phase: "sorting events", done, total: log.count, unit: "events" }),
    });
    const dataset = await makeDataset(database, { file, raw, byTime, itemSources, userTable, ...options });
    const outside = itemTable
      ? await database.value(`SELECT count(*) FROM item_ids WHERE id NOT IN (SELECT id FROM ${itemTable})`)
      : 0;
    const withoutId = [
      ["items without id", itemSources.table?.withoutId ?? 0],
      ["users without id", userTable?.withoutId ?? 0],
    ] as const;
    const dropped = { ...log.dropped, ...Object.fromEntries(withoutId.filter(([, rows]) => rows > 0)) };
    return { dataset, dropped, itemsNotInTable: Number(outside) };
  } finally {
    database.close();
    rmSync(spill, { recursive: true, force: true });
  }
}

function bytesOf(files: Record<string, FileEntry>, events: number): PrepareSummary["bytes"] {
  const sizeOf = (wanted: (name: string) => boolean) =>
    Object.entries(files).reduce((sum, [name, { bytes }]) => (wanted(name) ? sum + bytes : sum), 0);
  const inCatalogue = (name: string) => name.startsWith(`${CATALOGUE_FOLDER}/`);
  const ranking = sizeOf((name) => name.startsWith("ranking"));
  const catalogue = sizeOf(inCatalogue);
  const total = sizeOf(() => true);
  const eventsAndRows = total - ranking - catalogue;
  return { total, eventsAndRows, perEvent: eventsAndRows / events, ranking, catalogue };
}

/** Whether a folder holds a prepared dataset, of whatever version. */
function isDataset(path: string): boolean {
  const manifest = join(path, DATASET_MANIFEST);
  if (!existsSync(manifest)) return false;
  return readFileSync(manifest, "utf8").includes(`"${DATASET_FORMAT}"`);
}
