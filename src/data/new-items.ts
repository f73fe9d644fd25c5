import type { ModalityConfig } from "../config/dataset-config.js";
import { MmdinError } from "../errors.js";
import type { EncodingReport } from "../modality/encode-contents.js";
import type { ProjectionState } from "../modality/encoder.js";
import { checkVectors } from "../modality/index.js";
import {
  type Catalogue,
  FIRST_VALUE_CODE,
  type ItemSource,
  type ItemTexts,
  type ModalityColumn,
  UNKNOWN_CODE,
} from "./columns.js";
import { Database } from "./database.js";
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
import { PICTURE, ragged, TITLE } from "./items.js";
import { openRecords } from "./record-source.js";

/** Items that are read as those of a catalogue were, with nothing fitted: values that training has not seen are unknown. */
export interface NewItems {
  ids: string[];
  /** In the order of the catalogue; item k is ids[k]. */
  modalities: ModalityColumn[];
  texts: ItemTexts;
  encodings: Record<string, EncodingReport>;
  /** Fields of the file that dataset.yaml does not use. */
  ignored: string[];
  /** Records that are not used, by reason. */
  dropped: Record<string, number>;
}

export interface ReadNewItemsOptions extends EncodingOptions {
  /** How errors name the file. Default: its path. */
  label?: string | undefined;
  /** What the encoders of the catalogue have fitted, by modality. */
  projections: ReadonlyMap<string, ProjectionState>;
  /** Folder that pictures are looked up in. */
  root: string;
  /** Folder that `hf:./folder` is relative to. */
  modelsRoot: string;
}

/**
 * Reads items from a file of JSON records (one object a line, or a list of them) through the expressions of the dataset.yaml
 * that a catalogue was made with. A field that a record lacks is missing. A modality of vectors from a file is read from a field
 * of its own name, a list of numbers.
 *
 * @throws MmdinError DATA on a record that cannot be read, MISMATCH where the catalogue has no table of items, or its encoder is
 * not at hand.
 */
export async function readNewItems(
  path: string,
  { catalogue, projections, label = path, ...options }: ReadNewItemsOptions & { catalogue: Catalogue },
): Promise<NewItems> {
  const { itemSource } = catalogue;
  if (itemSource === null) {
    throw new MmdinError("MISMATCH", "this run knows no table of items", {
      where: label,
      expected: "a run whose dataset.yaml has items.from and items.id",
      fix: "Name the table of items in dataset.yaml, prepare and train again.",
    });
  }
  const database = await Database.open({ root: options.root });
  try {
    const own = itemSource.fromFiles;
    const at = `${label}, read as dataset.yaml says`;
    const source = await openRecords(database, path, {
      columns: [...itemSource.columns, ...own.map((name) => ({ name, type: "DOUBLE[]" }))],
      view: "source_new_items",
      at,
      ids: [itemSource.id],
      label,
    });
    const table = await readEntityTable(database, {
      source,
      id: { sql: itemSource.id, at },
      name: "new_items",
      columns: columnsOf(itemSource, { own, at }),
    });
    await database.run(
      `CREATE TEMP TABLE new_ids AS SELECT id, CAST(row_number() OVER (ORDER BY id) - 1 AS INTEGER) AS rank FROM ${table.table}`,
    );
    const ids = await database.texts("SELECT id FROM new_ids ORDER BY rank");
    const texts = async (name: string) => {
      const column = table.columns.find((candidate) => candidate.name === name)?.column;
      if (column === undefined) return new Array<string | null>(ids.length).fill(null);
      return readTexts(database, { table: table.table, column, ids: "new_ids", count: ids.length });
    };
    const read: NewItems = {
      ids,
      modalities: [],
      texts: { titles: shown(await texts(TITLE)), pictures: shown(await texts(PICTURE)) },
      encodings: {},
      ignored: source.ignored,
      dropped: table.withoutId > 0 ? { "records without an id": table.withoutId } : {},
    };
    for (const column of catalogue.modalities) {
      const config = itemSource.modalities[column.name];
      if (column.kind === "vector" && column.encoder && (config?.kind === "text" || config?.kind === "image")) {
        const before = { by: column.encoder, projection: projections.get(column.name) ?? null };
        const { name } = column;
        const { kind, encoder } = config;
        const { root, modelsRoot } = options;
        const where = `${label} (modality "${name}")`;
        const source = { name, kind, encoder, texts: await texts(name), root, modelsRoot, where };
        const made = await encodeColumn(source, { ...options, ids, trained: 0, before });
        read.modalities.push(made.column);
        read.encodings[name] = made.report;
      } else read.modalities.push(await readColumn(database, { column, table, ids }));
    }
    return read;
  } finally {
    database.close();
  }
}

function columnsOf(
  { modalities, title, picture }: ItemSource,
  { own, at }: { own: readonly string[]; at: string },
): EntityColumn[] {
  const columns = Object.entries(modalities).map(([name, config]: [string, ModalityConfig]): EntityColumn => {
    const sql = config.kind === "vector" && own.includes(name) ? name : config.from;
    return { name, kind: config.kind, sql, at, ...(config.kind === "category" && { multiple: config.multiple }) };
  });
  for (const [name, sql] of [[TITLE, title] as const, [PICTURE, picture] as const]) {
    if (sql !== null) columns.push({ name, kind: "text", sql, at });
  }
  return columns;
}

async function readColumn(
  database: Database,
  { column, table, ids }: { column: ModalityColumn; table: EntityTable; ids: readonly string[] },
): Promise<ModalityColumn> {
  const { name } = column;
  const count = ids.length;
  const source = table.columns.find((candidate) => candidate.name === name)!;
  const from = { table: table.table, column: source.column, ids: "new_ids" };
  if (column.kind === "number") return { ...column, values: await readNumbers(database, { ...from, count }) };
  if (column.kind === "vector") {
    const list = await readListVectors(database, { ...from, at: source.at, name });
    checkVectors(list, { where: source.at });
    if (list.ids.length > 0 && list.dimension !== column.dimension) {
      throw new MmdinError("DATA", `vectors of "${name}" have another length than those of the run`, {
        where: source.at,
        expected: `${column.dimension} numbers`,
        got: String(list.dimension),
      });
    }
    const rowOf = new Map(list.ids.map((id, row) => [id, row]));
    return { ...column, row: Int32Array.from(ids, (id) => rowOf.get(id) ?? -1), values: list.values };
  }
  const { multiple, vocabulary } = column;
  const pairs = await readCategories(database, { ...from, list: multiple, type: source.type });
  const known = new Map(vocabulary.map((value, code) => [value, code + FIRST_VALUE_CODE]));
  const codeOf = Int32Array.from(pairs.values, (value) => known.get(value) ?? UNKNOWN_CODE);
  const indexOf = Int32Array.from({ length: count }, (_, k) => k);
  return { ...column, ...ragged({ entities: pairs.entities, ranks: pairs.ranks, codeOf, indexOf, count }) };
}

function shown(texts: readonly (string | null)[]): string[] {
  return texts.map((text) => text ?? "");
}
