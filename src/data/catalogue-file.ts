import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { MmdinError } from "../errors.js";
import {
  type ArrowColumn,
  ArrowColumns,
  damaged,
  type FileEntry,
  readShared,
  writeArrow,
  writeBytes,
} from "./arrow-file.js";
import type { Catalogue, CounterColumns, FeatureColumn, FeatureSchema, ModalityColumn } from "./columns.js";
import { readManifest, writeManifest } from "./manifest.js";

export const CATALOGUE_FORMAT = "mmdin-catalogue";
export const CATALOGUE_VERSION = 1;
const MANIFEST = "catalogue.json";

/** What catalogue.json holds: all of the catalogue that is not a column, and the files that are. */
type Plain = Omit<Catalogue, "directory" | "modalities" | "userFeatures" | "itemCounters"> & {
  format: string;
  version: number;
  files: Record<string, FileEntry>;
  modalities: ModalitySchema[];
  userFeatures: FeatureSchema[];
  meanColumns: string[];
};

type ModalitySchema =
  | { name: string; kind: "category"; multiple: boolean; vocabulary: string[] }
  | { name: string; kind: "number"; normaliser: Extract<ModalityColumn, { kind: "number" }>["normaliser"] }
  | { name: string; kind: "vector"; dimension: number };

/** Writes a catalogue into a new folder, with all ids; returns the hash of everything in it. */
export function writeCatalogue(
  directory: string,
  catalogue: Catalogue,
  { itemIds, userIds }: { itemIds: readonly string[]; userIds: readonly string[] },
): void {
  mkdirSync(directory);
  const files: Record<string, FileEntry> = {};
  const arrow = (name: string, columns: Record<string, ArrowColumn>) => {
    files[name] = writeArrow(join(directory, name), columns);
  };
  const { modalities, userFeatures, itemCounters, directory: _, ...plain } = catalogue;
  arrow("item-ids.arrow", { id: { kind: "texts", values: itemIds } });
  arrow("user-ids.arrow", { id: { kind: "texts", values: userIds } });
  arrow("items.arrow", { ...counterColumns(itemCounters), ...modalityColumns(modalities) });
  for (const modality of modalities) {
    if (modality.kind !== "vector") continue;
    const { buffer, byteOffset, byteLength } = modality.values;
    const name = vectorFile(modality.name);
    files[name] = writeBytes(join(directory, name), new Uint8Array(buffer, byteOffset, byteLength));
  }
  if (userFeatures.schema.length > 0) arrow("users.arrow", featureColumns(userFeatures.schema, userFeatures.columns));
  const manifest: Plain = {
    format: CATALOGUE_FORMAT,
    version: CATALOGUE_VERSION,
    ...plain,
    modalities: modalities.map(schemaOf),
    userFeatures: userFeatures.schema,
    meanColumns: Object.keys(itemCounters.means),
    files,
  };
  writeManifest(join(directory, MANIFEST), manifest);
}

/**
 * Opens a catalogue: a folder `catalogue` of a prepared dataset, or a copy of it.
 *
 * @throws MmdinError FORMAT where a file is missing, damaged, or of another format or version.
 */
export function openCatalogue(directory: string): Catalogue {
  const manifest = readManifest<Plain>(join(directory, MANIFEST), {
    format: CATALOGUE_FORMAT,
    version: CATALOGUE_VERSION,
  });
  const { files, modalities, userFeatures, meanColumns, format: _, version: __, ...plain } = manifest;
  const bytes = (name: string) => readShared(join(directory, name), entryOf(files, name, directory));
  const arrow = (name: string) => new ArrowColumns(join(directory, name), bytes(name));
  const items = arrow("items.arrow");
  const users = userFeatures.length > 0 ? arrow("users.arrow") : undefined;
  return {
    ...plain,
    directory,
    modalities: modalities.map((schema) => readModality(schema, items, bytes)),
    userFeatures: { schema: userFeatures, columns: users ? readFeatures(userFeatures, users) : [] },
    itemCounters: readCounters(items, meanColumns),
  };
}

/** Copies a catalogue into a folder that does not exist yet. */
export function copyCatalogue(from: string, to: string): void {
  if (existsSync(to)) throw new MmdinError("IO", "the folder exists already", { where: to });
  readManifest(join(from, MANIFEST), { format: CATALOGUE_FORMAT, version: CATALOGUE_VERSION });
  cpSync(from, to, { recursive: true });
}

/** The ids of all items or users by index; the unknown one, at 0, is "". */
export function loadIds(catalogue: Pick<Catalogue, "directory">, of: "items" | "users"): string[] {
  const { directory } = catalogue;
  const { files } = readManifest<Plain>(join(directory, MANIFEST), {
    format: CATALOGUE_FORMAT,
    version: CATALOGUE_VERSION,
  });
  const name = of === "items" ? "item-ids.arrow" : "user-ids.arrow";
  const path = join(directory, name);
  return new ArrowColumns(path, readShared(path, entryOf(files, name, directory))).texts("id");
}

/** Columns of features, named after them. */
export function featureColumns(
  schema: readonly FeatureSchema[],
  columns: readonly FeatureColumn[],
  prefix = "",
): Record<string, ArrowColumn> {
  return Object.fromEntries(
    schema.map(({ name }, f) => {
      const column = columns[f]!;
      const values = column.kind === "category" ? column.codes : column.values;
      return [prefix + name, { kind: "numbers", values }] as const;
    }),
  );
}

export function readFeatures(schema: readonly FeatureSchema[], table: ArrowColumns, prefix = ""): FeatureColumn[] {
  return schema.map(({ name, kind }) =>
    kind === "category" ? { kind, codes: table.codes(prefix + name) } : { kind, values: table.float32(prefix + name) },
  );
}

function entryOf(files: Record<string, FileEntry>, name: string, directory: string): FileEntry {
  const entry = files[name];
  if (!entry) throw damaged(join(directory, MANIFEST), `an entry for ${name}`, "none");
  return entry;
}

function vectorFile(name: string): string {
  return `vectors-${name}.f32`;
}

function counterColumns({ count, positives, means }: CounterColumns): Record<string, ArrowColumn> {
  const columns: Record<string, ArrowColumn> = {
    count: { kind: "numbers", values: count },
    positives: { kind: "numbers", values: positives },
  };
  for (const [name, mean] of Object.entries(means)) {
    columns[`mean count ${name}`] = { kind: "numbers", values: mean.count };
    columns[`mean sum ${name}`] = { kind: "numbers", values: mean.sum };
  }
  return columns;
}

function readCounters(table: ArrowColumns, names: readonly string[]): CounterColumns {
  const means = names.map((name) => {
    return [name, { count: table.uint32(`mean count ${name}`), sum: table.float64(`mean sum ${name}`) }] as const;
  });
  return { count: table.uint32("count"), positives: table.uint32("positives"), means: Object.fromEntries(means) };
}

function modalityColumns(modalities: readonly ModalityColumn[]): Record<string, ArrowColumn> {
  return Object.fromEntries(
    modalities.map((modality): [string, ArrowColumn] => {
      const name = `modality ${modality.name}`;
      if (modality.kind === "category")
        return [name, { kind: "lists", values: modality.codes, offsets: modality.offsets }];
      return [name, { kind: "numbers", values: modality.kind === "number" ? modality.values : modality.row }];
    }),
  );
}

function schemaOf(modality: ModalityColumn): ModalitySchema {
  const { name } = modality;
  if (modality.kind === "category")
    return { name, kind: "category", multiple: modality.multiple, vocabulary: modality.vocabulary };
  if (modality.kind === "number") return { name, kind: "number", normaliser: modality.normaliser };
  return { name, kind: "vector", dimension: modality.dimension };
}

function readModality(
  schema: ModalitySchema,
  items: ArrowColumns,
  bytes: (name: string) => Uint8Array,
): ModalityColumn {
  const column = `modality ${schema.name}`;
  if (schema.kind === "category") {
    const { values, offsets } = items.lists(column);
    return { ...schema, offsets, codes: values };
  }
  if (schema.kind === "number") return { ...schema, values: items.float32(column) };
  const { buffer, byteOffset, byteLength } = bytes(vectorFile(schema.name));
  return { ...schema, row: items.int32(column), values: new Float32Array(buffer, byteOffset, byteLength / 4) };
}
