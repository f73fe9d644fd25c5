import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { MmdinError } from "../errors.js";
import type { EncodedBy, ProjectionState } from "../modality/encoder.js";
import {
  type ArrowColumn,
  ArrowColumns,
  damaged,
  type FileEntry,
  readShared,
  writeArrow,
  writeBytes,
} from "./arrow-file.js";
import type {
  Catalogue,
  CounterColumns,
  FeatureColumn,
  FeatureSchema,
  ItemSource,
  ItemTexts,
  ModalityColumn,
} from "./columns.js";
import { entryOfFile, readManifest, writeManifest } from "./manifest.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

export const CATALOGUE_FORMAT = "mmdin-catalogue";
export const CATALOGUE_VERSION = 2;
const MANIFEST = "catalogue.json";

/** What catalogue.json holds: all of the catalogue that is not a column, and the files that are. */
type Plain = Omit<
  Catalogue,
  "directory" | "modalities" | "itemSource" | "userFeatures" | "itemCounters" | "negativesKept"
> & {
  format: string;
  version: number;
  files: Record<string, FileEntry>;
  modalities: ModalitySchema[];
  /** `fromFiles` is absent in the first catalogues of this version. */
  itemSource: (Omit<ItemSource, "fromFiles"> & Partial<Pick<ItemSource, "fromFiles">>) | null;
  userFeatures: FeatureSchema[];
  meanColumns: string[];
  /** Absent where none was dropped. */
  negativesKept?: number;
};

type ModalitySchema =
  | { name: string; kind: "category"; multiple: boolean; vocabulary: string[] }
  | { name: string; kind: "number"; normaliser: Extract<ModalityColumn, { kind: "number" }>["normaliser"] }
  | { name: string; kind: "vector"; dimension: number; encoder?: EncodedBy };

/** Beside the catalogue itself: ids, what people see of the items, and what encoders have fitted. */
export interface CatalogueParts {
  itemIds: readonly string[];
  userIds: readonly string[];
  itemTexts: ItemTexts;
  /** By modality. */
  projections: ReadonlyMap<string, ProjectionState>;
}

const PROJECTION = { name: "mmdin-projection", version: 1 };

/** Writes a catalogue into a new folder, with all ids; returns the hash of everything in it. */
export function writeCatalogue(
  directory: string,
  catalogue: Catalogue,
  { itemIds, userIds, itemTexts, projections }: CatalogueParts,
): void {
  mkdirSync(directory);
  const files: Record<string, FileEntry> = {};
  const arrow = (name: string, columns: Record<string, ArrowColumn>) => {
    files[name] = writeArrow(join(directory, name), columns);
  };
  const { modalities, userFeatures, itemCounters, negativesKept, directory: _, ...plain } = catalogue;
  arrow("item-ids.arrow", { id: { kind: "texts", values: itemIds } });
  arrow("user-ids.arrow", { id: { kind: "texts", values: userIds } });
  arrow("item-texts.arrow", {
    title: { kind: "texts", values: itemTexts.titles },
    picture: { kind: "texts", values: itemTexts.pictures },
  });
  for (const [name, state] of projections) {
    const path = join(directory, projectionFile(name));
    writeSafetensors(path, state, { format: PROJECTION });
    files[projectionFile(name)] = entryOfFile(path);
  }
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
    ...(negativesKept < 1 && { negativesKept }),
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
  const { files, modalities, userFeatures, meanColumns, format: _, version: __, ...plain } = readPlain(directory);
  const { itemSource, negativesKept = 1 } = plain;
  const bytes = (name: string) => readShared(join(directory, name), entryOf(files, name, directory));
  const arrow = (name: string) => new ArrowColumns(join(directory, name), bytes(name));
  const items = arrow("items.arrow");
  const users = userFeatures.length > 0 ? arrow("users.arrow") : undefined;
  return {
    ...plain,
    directory,
    negativesKept,
    itemSource: itemSource && { fromFiles: [], ...itemSource },
    modalities: modalities.map((schema) => readModality(schema, items, bytes)),
    userFeatures: { schema: userFeatures, columns: users ? readFeatures(userFeatures, users) : [] },
    itemCounters: readCounters(items, meanColumns),
  };
}

/** Copies a catalogue into a folder that does not exist yet. */
export function copyCatalogue(from: string, to: string): void {
  if (existsSync(to)) throw new MmdinError("IO", "the folder exists already", { where: to });
  readPlain(from);
  cpSync(from, to, { recursive: true });
}

/** The ids of all items or users by index; the unknown one, at 0, is "". */
export function loadIds(catalogue: Pick<Catalogue, "directory">, of: "items" | "users"): string[] {
  return new ArrowColumns(...readPart(catalogue, of === "items" ? "item-ids.arrow" : "user-ids.arrow")).texts("id");
}

/** What people see of the items, by index. */
export function readItemTexts(catalogue: Pick<Catalogue, "directory">): ItemTexts {
  const table = new ArrowColumns(...readPart(catalogue, "item-texts.arrow"));
  return { titles: table.texts("title"), pictures: table.texts("picture") };
}

/** What encoders have fitted, by modality; without those that fit nothing. */
export function readProjections(catalogue: Pick<Catalogue, "directory">): Map<string, ProjectionState> {
  const { files, modalities } = readPlain(catalogue.directory);
  const fitted = modalities.map(({ name }) => name).filter((name) => files[projectionFile(name)] !== undefined);
  return new Map(
    fitted.map((name) => {
      const [path] = readPart(catalogue, projectionFile(name)); // checked against its hash
      return [name, readSafetensors(path, { format: PROJECTION }).tensors];
    }),
  );
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

function readPlain(directory: string): Plain {
  const format = { format: CATALOGUE_FORMAT, version: CATALOGUE_VERSION };
  return readManifest<Plain>(join(directory, MANIFEST), format);
}

/** The path of a file of a catalogue, and its bytes. */
function readPart({ directory }: Pick<Catalogue, "directory">, name: string): [string, Uint8Array] {
  const path = join(directory, name);
  return [path, readShared(path, entryOf(readPlain(directory).files, name, directory))];
}

function entryOf(files: Record<string, FileEntry>, name: string, directory: string): FileEntry {
  const entry = files[name];
  if (!entry) throw damaged(join(directory, MANIFEST), `an entry for ${name}`, "none");
  return entry;
}

function projectionFile(name: string): string {
  return `encoder-${name}.safetensors`;
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
  const { dimension, encoder } = modality;
  return { name, kind: "vector", dimension, ...(encoder && { encoder }) };
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
