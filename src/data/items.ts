import { resolve } from "node:path";
import type { DatasetConfigFile } from "../config/dataset-config.js";
import type { EncodingReport } from "../modality/encode-contents.js";
import type { ProjectionState } from "../modality/encoder.js";
import { checkVectors, hasVectorFile, readVectorFile, type VectorTable } from "../modality/index.js";
import {
  FIRST_VALUE_CODE,
  type ItemSource,
  type ItemTexts,
  type ModalityColumn,
  UNKNOWN_CODE,
  UNKNOWN_INDEX,
} from "./columns.js";
import type { Database } from "./database.js";
import { type EncodingOptions, encodeColumn } from "./encoded-column.js";
import {
  type EntityColumn,
  type EntityTable,
  readCategories,
  readEntityTable,
  readListVectors,
  readNumbers,
  readTexts,
} from "./entity-table.js";
import { fitNormaliser } from "./features.js";
import { IdIndex } from "./id-index.js";
import { openSource } from "./source.js";
import type { Indexing } from "./vocabulary.js";

/** The items of dataset.yaml: their table, and vectors that lie in files. */
export interface ItemSources {
  table: EntityTable | undefined;
  files: Map<string, VectorTable>;
}

/** Columns of the table that are no modality; no modality can have such a name. */
export const TITLE = "#title";
export const PICTURE = "#picture";

/** Reads the table of items and the vector files, and checks them. */
export async function readItemSources(
  database: Database,
  { config, root, at }: DatasetConfigFile,
): Promise<ItemSources> {
  const { items } = config;
  const files = new Map<string, VectorTable>();
  const columns: EntityColumn[] = [];
  for (const [name, modality] of Object.entries(items?.modalities ?? {})) {
    const where = at(`items.modalities.${name}.from`);
    const base = resolve(root, modality.from);
    if (
      modality.kind === "vector" &&
      (hasVectorFile(base) || items?.from === undefined || /[/\\]|\.(f32|npy)$/.test(modality.from))
    ) {
      files.set(name, readVectorFile(base, { where }));
    } else {
      columns.push({ ...modality, name, sql: modality.from, at: where });
    }
  }
  if (items?.from === undefined || items.id === undefined) return { table: undefined, files };
  const shown = { [TITLE]: items.title, [PICTURE]: pictureOf(items) };
  for (const [name, sql] of Object.entries(shown)) {
    if (sql !== null && sql !== undefined) columns.push({ name, kind: "text", sql, at: at(`items.${name.slice(1)}`) });
  }
  const id = { sql: items.id, at: at("items.id") };
  const place = { root, view: "source_items", at: at("items.from"), ids: [id.sql] };
  const source = await openSource(database, items.from, place);
  const table = await readEntityTable(database, { source, id, name: "items", columns });
  return { table, files };
}

/** The expression of the picture that people see: the one that is named, else that of the first modality of images. */
function pictureOf({ picture, modalities }: NonNullable<DatasetConfigFile["config"]["items"]>): string | null {
  return picture ?? Object.values(modalities).find(({ kind }) => kind === "image")?.from ?? null;
}

/** How the items of a dataset.yaml are read, so that items that come later can be read in the same way. */
export function itemSourceOf({ config }: DatasetConfigFile, { table, files }: ItemSources): ItemSource | null {
  const { items } = config;
  if (table === undefined || items?.id === undefined) return null;
  const { id, title = null, modalities } = items;
  return {
    columns: table.source.columns,
    id,
    title,
    picture: pictureOf(items),
    modalities,
    fromFiles: [...files.keys()],
  };
}

/** All that is made of the items' table and files. */
export interface BuiltItems {
  modalities: ModalityColumn[];
  itemTexts: ItemTexts;
  /** What encoders fitted, by modality. */
  projections: Map<string, ProjectionState>;
  /** What became of the texts and images, by modality. */
  encodings: Record<string, EncodingReport>;
}

export interface BuildItemsOptions {
  file: DatasetConfigFile;
  sources: ItemSources;
  indexing: Indexing;
  itemIds: readonly string[];
  encoding: EncodingOptions;
}

/**
 * The modality columns of all items, and what people see of them; vocabularies, normalisers and encoders are fitted on items with
 * an event in training.
 */
export async function buildItems(
  database: Database,
  { file: { config, root, at }, sources, indexing, itemIds, encoding }: BuildItemsOptions,
): Promise<BuiltItems> {
  const { table, files } = sources;
  const built: BuiltItems = {
    modalities: [],
    itemTexts: { titles: await shownTexts(TITLE), pictures: await shownTexts(PICTURE) },
    projections: new Map(),
    encodings: {},
  };
  let positions: IdIndex | undefined;
  const vectors = (name: string, table: VectorTable) => {
    positions ??= new IdIndex(itemIds);
    return vectorColumn(name, table, { positions, count: indexing.count });
  };
  for (const [name, modality] of Object.entries(config.items?.modalities ?? {})) {
    const fromFile = files.get(name);
    const column = table?.columns.find((candidate) => candidate.name === name);
    if (fromFile) built.modalities.push(vectors(name, fromFile));
    else if (!table || !column) continue;
    else if (modality.kind === "vector") {
      const where = column.at;
      const list = await readListVectors(database, { table: table.table, column: column.column, at: where, name });
      checkVectors(list, { where });
      built.modalities.push(vectors(name, list));
    } else if (modality.kind === "text" || modality.kind === "image") {
      const { kind, encoder } = modality;
      const texts = await tableTexts(database, { table: table.table, column: column.column, indexing });
      const where = at(`items.modalities.${name}.encoder`);
      // Without the unknown item, which has no text, no picture and no id.
      const source = { name, kind, encoder, texts: texts.slice(1), root, modelsRoot: root, where };
      const made = await encodeColumn(source, { ...encoding, ids: itemIds.slice(1), trained: indexing.trained });
      built.modalities.push({ ...made.column, row: withUnknown(made.column.row) });
      built.encodings[name] = made.report;
      if (made.projection) built.projections.set(name, made.projection);
    } else {
      built.modalities.push(await tableColumn(database, { table: table.table, column, indexing }));
    }
  }
  return built;

  async function shownTexts(name: string): Promise<string[]> {
    const column = table?.columns.find((candidate) => candidate.name === name)?.column;
    if (!table || column === undefined) return new Array<string>(indexing.count).fill("");
    const texts = await tableTexts(database, { table: table.table, column, indexing });
    return texts.map((text) => text ?? "");
  }
}

function withUnknown(row: Int32Array): Int32Array {
  const all = new Int32Array(row.length + 1).fill(-1);
  all.set(row, 1);
  return all;
}

/** Texts of a column by item index. */
async function tableTexts(
  database: Database,
  { table, column, indexing }: { table: string; column: string; indexing: Indexing },
): Promise<(string | null)[]> {
  const { count, indexOf } = indexing;
  const byRank = await readTexts(database, { table, column, ids: "item_ids", count: indexOf.length });
  const texts = new Array<string | null>(count).fill(null);
  byRank.forEach((text, rank) => {
    texts[indexOf[rank]!] = text;
  });
  return texts;
}

async function tableColumn(
  database: Database,
  { table, column, indexing }: { table: string; column: EntityTable["columns"][number]; indexing: Indexing },
): Promise<ModalityColumn> {
  const { name } = column;
  const { count, trained, indexOf } = indexing;
  if (column.kind === "number") {
    const byRank = await readNumbers(database, {
      table,
      column: column.column,
      ids: "item_ids",
      count: indexOf.length,
    });
    const values = new Float32Array(count).fill(Number.NaN);
    for (let rank = 0; rank < byRank.length; rank++) values[indexOf[rank]!] = byRank[rank]!;
    return { name, kind: "number", normaliser: fitNormaliser(values.subarray(1, trained + 1)), values };
  }
  const multiple = column.multiple ?? false;
  const list = { table, column: column.column, ids: "item_ids", list: multiple, type: column.type };
  const { entities, ranks, values } = await readCategories(database, list);
  const seen = new Uint8Array(values.length);
  for (let k = 0; k < ranks.length; k++) if (indexOf[entities[k]!]! <= trained) seen[ranks[k]!] = 1;
  const vocabulary = values.filter((_, rank) => seen[rank] === 1);
  const codeOf = new Int32Array(values.length).fill(UNKNOWN_CODE);
  let next = FIRST_VALUE_CODE;
  for (let rank = 0; rank < values.length; rank++) if (seen[rank] === 1) codeOf[rank] = next++;
  return { name, kind: "category", multiple, vocabulary, ...ragged({ entities, ranks, codeOf, indexOf, count }) };
}

/** Lists of codes by item, the unknown code at most once in each. */
export function ragged(input: {
  entities: Int32Array;
  ranks: Int32Array;
  codeOf: Int32Array;
  indexOf: Int32Array;
  count: number;
}): { offsets: Int32Array; codes: Int32Array } {
  const { entities, ranks, codeOf, indexOf, count } = input;
  const lists: number[][] = Array.from({ length: count }, () => []);
  for (let k = 0; k < ranks.length; k++) {
    const list = lists[indexOf[entities[k]!]!]!;
    const code = codeOf[ranks[k]!]!;
    if (code !== UNKNOWN_CODE || !list.includes(code)) list.push(code);
  }
  const offsets = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) offsets[i + 1] = offsets[i]! + lists[i]!.length;
  return { offsets, codes: Int32Array.from(lists.flat()) };
}

function vectorColumn(
  name: string,
  { ids, dimension, values }: VectorTable,
  { positions, count }: { positions: IdIndex; count: number },
): ModalityColumn {
  const row = new Int32Array(count).fill(-1);
  const known = ids.flatMap((id, from) => {
    const item = positions.indexOf(id);
    return item === UNKNOWN_INDEX ? [] : [{ item, from }];
  });
  known.sort((a, b) => a.item - b.item);
  const kept = new Float32Array(known.length * dimension);
  for (const [to, { item, from }] of known.entries()) {
    row[item] = to;
    kept.set(values.subarray(from * dimension, (from + 1) * dimension), to * dimension);
  }
  return { name, kind: "vector", dimension, row, values: kept };
}
