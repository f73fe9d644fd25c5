import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import type { NewItem } from "../../api/contract.js";
import type { Catalogue, ItemSource } from "../../data/columns.js";
import { hasModality } from "../../data/has-modality.js";
import { type NewItems, readNewItems } from "../../data/new-items.js";
import { recordFile } from "../../data/record-file.js";
import { MmdinError } from "../../errors.js";
import { type Encoder, isUnreadable, type ProjectionState } from "../../modality/encoder.js";
import { readPictureFile } from "../../modality/picture-file.js";
import { storedPicture } from "../../modality/stored-picture.js";
import { checkId, wrong } from "./check-question.js";

/** Where the items of a run are read from. */
export interface ItemReader {
  catalogue: Catalogue;
  /** What the encoders of the catalogue have fitted. */
  projections: ReadonlyMap<string, ProjectionState>;
  /** The dataset's root: pictures and models are looked up below it, and nowhere else. */
  root: string;
  /** Encoders that are open, by modality. */
  opened: Map<string, Encoder>;
}

/** Bytes of one picture, of all pictures of an item, and of a record as JSON. */
const LARGEST_PICTURE = 8 * 2 ** 20;
const MOST_PICTURES = 8;
const LARGEST_RECORD = 2 ** 20;

/** @throws MmdinError REQUEST: what is wrong, and where. */
export function checkNewItem({ id, record, pictures = {} }: NewItem): void {
  checkId(id, "id");
  if (typeof record !== "object" || record === null || Array.isArray(record))
    throw wrong("record", { expected: "values by field", got: Array.isArray(record) ? "a list" : typeof record });
  const size = Buffer.byteLength(jsonOf(record));
  if (size > LARGEST_RECORD) throw wrong("record", { expected: "at most 1 MiB of JSON", got: `${size} bytes` });
  const fields = Object.entries(pictures);
  if (fields.length > MOST_PICTURES)
    throw wrong("pictures", { expected: `at most ${MOST_PICTURES}`, got: String(fields.length) });
  for (const [field, bytes] of fields) {
    if (!(bytes instanceof Uint8Array))
      throw wrong(`pictures.${field}`, { expected: "the bytes of a picture", got: typeof bytes });
    if (bytes.length > LARGEST_PICTURE)
      throw wrong(`pictures.${field}`, { expected: "at most 8 MiB", got: `${bytes.length} bytes` });
  }
}

function jsonOf(record: object): string {
  try {
    return JSON.stringify(record);
  } catch (cause) {
    throw new MmdinError("REQUEST", "this record is no JSON", { where: "record", cause });
  }
}

/**
 * Pictures as they are kept: no side longer than 512 px, JPEG.
 *
 * @throws MmdinError REQUEST: why a picture is refused.
 */
export async function storedPictures(
  pictures: Readonly<Record<string, Uint8Array>>,
): Promise<Record<string, Uint8Array>> {
  const stored: Record<string, Uint8Array> = {};
  for (const [field, bytes] of Object.entries(pictures)) {
    const picture = await storedPicture(bytes);
    if (isUnreadable(picture)) {
      throw new MmdinError("REQUEST", `this picture cannot be read: ${picture.unreadable}`, {
        where: `pictures.${field}`,
      });
    }
    stored[field] = picture;
  }
  return stored;
}

/** The name by which a record names a picture that came with it: no file of the root has it but by accident. */
export const pictureToken = (bytes: Uint8Array): string =>
  `put-${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}.jpg`;

/** The token inside of a path that expressions of dataset.yaml have made of it; null where there is none. */
export const tokenIn = (path: string): string | null => /put-[0-9a-f]{32}\.jpg/.exec(path)?.[0] ?? null;

/** Reads items as those of the run's catalogue were read. Their pictures are those of `storedPictures`. */
export async function encodeItems(items: readonly NewItem[], reader: ItemReader): Promise<NewItems> {
  const { catalogue, projections, root, opened } = reader;
  const given = new Map<string, Uint8Array>();
  const records = items.map((item) => recordOf(item, { source: catalogue.itemSource, given }));
  const path = recordFile(records);
  const pictures = (name: string): Uint8Array | null => given.get(tokenIn(name) ?? "") ?? null;
  try {
    const options = { projections, root, modelsRoot: root, cache: null, encoders: [], progress: () => undefined };
    return await readNewItems(path, { catalogue, label: "record", pictures, opened, ...options });
  } finally {
    rmSync(path, { force: true });
  }
}

/** The line of the source of items that this item would be. */
function recordOf(
  { id, record, pictures = {} }: NewItem,
  { source, given }: { source: ItemSource | null; given: Map<string, Uint8Array> },
): Record<string, unknown> {
  const named = Object.entries(pictures).map(([field, bytes]) => {
    const token = pictureToken(bytes);
    given.set(token, bytes);
    return [field, token] as const;
  });
  // Where the id is an expression, the record itself has to hold what it is made of.
  const column = source?.columns.find(({ name }) => sameName(name, source.id))?.name;
  const rest = Object.entries(record).filter(([field]) => column === undefined || !sameName(field, column));
  return { ...Object.fromEntries(rest), ...Object.fromEntries(named), ...(column !== undefined && { [column]: id }) };
}

const sameName = (field: string, sql: string): boolean =>
  field.toLowerCase() ===
  sql
    .trim()
    .replace(/^"(.*)"$/, "$1")
    .toLowerCase();

/**
 * Checks that one item was read as it was meant: its id, every picture that it has or names.
 *
 * @throws MmdinError REQUEST: what is wrong, and where.
 */
export async function checkEncoded(
  { id, pictures = {} }: NewItem,
  { encoded, source, root }: { encoded: NewItems; source: ItemSource | null; root: string },
): Promise<void> {
  if (encoded.ids.length !== 1 || encoded.ids[0] !== id) {
    throw new MmdinError("REQUEST", "the record is of another item", {
      where: "record",
      expected: `one of id ${JSON.stringify(id)}`,
      got: encoded.ids.map((other) => JSON.stringify(other)).join(", ") || "one without an id",
    });
  }
  for (const [name, { unreadable }] of Object.entries(encoded.encodings)) {
    const [first] = unreadable;
    // A text without a word that training knows is missing, as it is to add-items.
    if (first !== undefined && source?.modalities[name]?.kind === "image")
      throw new MmdinError("REQUEST", `the ${name} of the item cannot be read: ${first.reason}`, { where: "record" });
  }
  for (const field of Object.keys(pictures)) {
    if (!encoded.ignored.some((ignored) => sameName(field, ignored))) continue;
    throw new MmdinError("REQUEST", "nothing reads this field", {
      where: `pictures.${field}`,
      fix: "Name a field that dataset.yaml reads a picture's path from.",
    });
  }
  const [shown = ""] = encoded.texts.pictures;
  if (shown === "" || tokenIn(shown) !== null) return;
  const found = await readPictureFile(shown, { root });
  if (isUnreadable(found) && found.unreadable.startsWith("a path out of the root"))
    throw new MmdinError("REQUEST", `the picture of the item is refused: ${found.unreadable}`, { where: "record" });
}

/** Names of the modalities that item `k` has. */
export const modalitiesOf = ({ modalities }: NewItems, k: number): string[] =>
  modalities.filter((column) => hasModality(column, k)).map(({ name }) => name);
