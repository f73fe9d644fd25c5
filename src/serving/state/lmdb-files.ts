import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { type Database, open, type RootDatabase } from "lmdb";
import { fileProblem, MmdinError } from "../../errors.js";

/** One table of the store: bytes by bytes. */
export type Table = Database<Buffer, Buffer>;

/** The tables of a store in a folder. */
export interface LmdbFiles {
  root: RootDatabase<Buffer, Buffer>;
  /** Person -> JSON { id, tally, kept, seen }. */
  users: Table;
  /** Person, time, sequence -> an event as JSON. */
  events: Table;
  /** Moment last seen, person -> nothing. */
  seen: Table;
  /** Item -> its tally. */
  counts: Table;
  /** Item -> JSON of the item that was put. */
  items: Table;
  /** Moment put, item -> nothing. */
  put: Table;
  /** Item -> its pictures. */
  pictures: Table;
}

const FORMAT = "mmdin-state 1";
const FORMAT_KEY = Buffer.from("format");
const OWN_FILES = new Set(["data.mdb", "lock.mdb", "lost+found"]);
/** The first page of an lmdb file has a head of 24 bytes, then this number little end first, as on every machine that lmdb has a build for. */
const MAGIC = 0xbeefc0de;
const MAGIC_END = 28;
const BYTES = { encoding: "binary", keyEncoding: "binary" } as const;

/**
 * Opens the tables of a store, and makes them in a new folder.
 *
 * A commit waits for the disk (`overlappingSync: false`): what is acknowledged is on it, and a full disk is an error of the call that
 * met it. `eventTurnBatching: false`: lmdb would start transactions with a promise that nobody can catch, and a failed commit would
 * end the process.
 *
 * @throws MmdinError FORMAT where something else is there, STORE where the folder cannot be used.
 */
export function openLmdbFiles(folder: string): LmdbFiles {
  makeFolder(folder);
  let root: RootDatabase<Buffer, Buffer> | undefined;
  try {
    const opened = open<Buffer, Buffer>({
      path: folder,
      noSubdir: false,
      maxDbs: 16,
      overlappingSync: false,
      eventTurnBatching: false,
      ...BYTES,
    });
    root = opened;
    checkFormat(opened, folder);
    const table = (name: string): Table => opened.openDB<Buffer, Buffer>({ name, ...BYTES });
    return {
      root: opened,
      users: table("users"),
      events: table("events"),
      seen: table("seen"),
      counts: table("counts"),
      items: table("items"),
      put: table("put"),
      pictures: table("pictures"),
    };
  } catch (cause) {
    root?.close();
    if (cause instanceof MmdinError) throw cause;
    if (/MDB_INVALID|MDB_VERSION_MISMATCH|MDB_CORRUPTED|MDB_INCOMPATIBLE/.test(String(cause))) {
      throw foreign(folder, { got: "a data.mdb that cannot be read", cause });
    }
    throw lmdbError(cause, folder);
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    const others = readdirSync(folder).filter((name) => !OWN_FILES.has(name));
    if (others.length > 0 && !existsSync(join(folder, "data.mdb"))) {
      throw foreign(folder, { got: `a folder with ${others.slice(0, 3).join(", ")}` });
    }
    checkMagic(folder);
  } catch (cause) {
    if (cause instanceof MmdinError) throw cause;
    const fix = "Choose a folder that can be written to.";
    throw new MmdinError("STORE", "the store cannot be opened", {
      where: folder,
      got: fileProblem(cause),
      fix,
      cause,
    });
  }
}

/** lmdb maps a file that is none of its own into memory, reads it, and takes the process with it. An empty one is a new one to it. */
function checkMagic(folder: string): void {
  const path = join(folder, "data.mdb");
  if (!existsSync(path)) return;
  const head = Buffer.alloc(MAGIC_END);
  const file = openSync(path, "r");
  try {
    const size = readSync(file, head);
    if (size > 0 && (size < MAGIC_END || head.readUInt32LE(MAGIC_END - 4) !== MAGIC))
      throw foreign(folder, { got: "a data.mdb that cannot be read" });
  } finally {
    closeSync(file);
  }
}

/** In one transaction: of two processes that open a new folder, one writes the format and the other one reads it. */
function checkFormat(root: RootDatabase<Buffer, Buffer>, folder: string): void {
  const found = root.transactionSync(() => {
    const format = root.get(FORMAT_KEY);
    if (format !== undefined || root.getKeysCount({ limit: 1 }) > 0) return format?.toString() ?? "another database";
    root.putSync(FORMAT_KEY, Buffer.from(FORMAT));
    return FORMAT;
  });
  if (found !== FORMAT) throw foreign(folder, { got: found });
}

function foreign(where: string, details: { got: string; cause?: unknown }): MmdinError {
  return new MmdinError("FORMAT", "this is no store that this version of mmdin reads", {
    where,
    expected: `a new folder, or one with a store of format ${FORMAT}`,
    fix: "Choose another folder.",
    ...details,
  });
}

/** What lmdb threw, as an error that says what to do. */
export function lmdbError(cause: unknown, where: string): MmdinError {
  if (cause instanceof MmdinError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  // lmdb reports a write that did not reach the file whole, which is how a full disk shows, as EIO.
  const full = /MDB_MAP_FULL|No space left|File too large|Input\/output error|Disk quota/.test(message);
  return new MmdinError("STORE", full ? "the store cannot write to its disk" : "the store failed", {
    where,
    got: message,
    cause,
    ...(full
      ? { fix: "Free space on the disk: nothing of this call was stored, what was stored before is still there." }
      : {}),
  });
}
