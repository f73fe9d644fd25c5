import type { Progress } from "../contract.js";
import { MmdinError } from "../errors.js";
import { type Encoder, type Features, isUnreadable, type Projection, type Unreadable } from "./encoder.js";
import { contentHash, type EncodingCache } from "./encoding-cache.js";
import { stackVectors } from "./stack-vectors.js";

type Content = string | Uint8Array;

/** The contents of items 0 .. count - 1, read when their turn comes. */
export interface Contents {
  count: number;
  /** Null where the item has none. */
  read(item: number): Content | Unreadable | null | Promise<Content | Unreadable | null>;
  /** The item's id, for reports and errors. */
  idOf(item: number): string;
}

export interface EncodeOptions {
  /** The modality, for progress and errors. */
  name: string;
  /** Where dataset.yaml names the encoder. */
  where: string;
  /** Whether an item is of the training slice; what is fitted is fitted on these. */
  training(item: number): boolean;
  /** Given, nothing is fitted: what was fitted before, on the dataset that these items join; null where nothing was. */
  projection?: Projection | null | undefined;
  cache?: EncodingCache | undefined;
  progress?: Progress | undefined;
}

/** What became of the contents of a modality. */
export interface EncodingReport {
  encoder: string;
  version: string;
  dimension: number;
  /** Contents that the encoder was given. */
  encoded: number;
  /** Contents whose features lay in the cache, or were those of another item of this dataset. */
  cached: number;
  /** Items without a content. */
  empty: number;
  /** Items of whose content no vector could be made, by reason, with some of their ids. */
  unreadable: { reason: string; items: number; examples: string[] }[];
  /** Of reading and encoding, without what was fitted. */
  seconds: number;
}

export interface Encoded {
  dimension: number;
  /** Row of `values` that holds item i, or -1 where it has none. */
  row: Int32Array;
  values: Float32Array;
  /** What was fitted, where the encoder fits anything. */
  projection: Projection | null;
  report: EncodingReport;
}

const BATCH = 32;
const EXAMPLES = 5;

/**
 * Takes contents through an encoder and its cache to vectors: features (each content once), a projection fitted on the items of
 * the training slice where the encoder has one, vectors. What cannot be read is counted and named, and is missing.
 *
 * @throws MmdinError DATA where the encoder gives numbers that are not finite, or another number of them than it says.
 */
export async function encodeContents(encoder: Encoder, contents: Contents, options: EncodeOptions): Promise<Encoded> {
  const begin = performance.now();
  const reasons = new Map<string, string[]>();
  const refuse = (item: number, { unreadable }: Unreadable) => {
    const items = reasons.get(unreadable);
    if (items) items.push(contents.idOf(item));
    else reasons.set(unreadable, [contents.idOf(item)]);
  };
  const { features, encoded, cached, empty } = await readFeatures(encoder, contents, { ...options, refuse });
  const seconds = (performance.now() - begin) / 1000;
  const projection = options.projection === undefined ? await fitOn(encoder, features, options) : options.projection;
  const dimension = projection?.dimension ?? encoder.dimension;
  const row = new Int32Array(contents.count).fill(-1);
  const vectors: Float32Array[] = [];
  const { where } = options;
  for (const [item, found] of features.entries()) {
    if (found === undefined) continue;
    const vector = projection
      ? await inEncoder(encoder, { where, act: () => projection.project(found) })
      : Float32Array.from(found);
    if (isUnreadable(vector)) refuse(item, vector);
    else {
      checkVector(vector, { encoder, dimension, item: contents.idOf(item), where });
      row[item] = vectors.push(vector) - 1;
    }
  }
  const unreadable = [...reasons].map(([reason, items]) => ({
    reason,
    items: items.length,
    examples: items.slice(0, EXAMPLES),
  }));
  unreadable.sort((a, b) => b.items - a.items || (a.reason < b.reason ? -1 : 1));
  const { id, version } = encoder;
  const report = { encoder: id, version, dimension, encoded, cached, empty, unreadable, seconds };
  return { dimension, row, values: stackVectors(vectors, dimension), projection: projection ?? null, report };
}

interface Read {
  /** By item; undefined where it has none. */
  features: (Features | undefined)[];
  encoded: number;
  cached: number;
  empty: number;
}

async function readFeatures(
  encoder: Encoder,
  contents: Contents,
  { name, where, cache, progress, refuse }: EncodeOptions & { refuse: (item: number, why: Unreadable) => void },
): Promise<Read> {
  const { count } = contents;
  const size = encoder.batchSize ?? BATCH;
  const read: Read = { features: new Array<Features | undefined>(count), encoded: 0, cached: 0, empty: 0 };
  const known = new Map<string, Features | Unreadable>();
  const settle = (item: number, found: Features | Unreadable) => {
    if (isUnreadable(found)) refuse(item, found);
    else read.features[item] = found;
  };
  for (let start = 0; start < count; start += size) {
    const waiting = new Map<string, { content: Content; hash: Buffer; items: number[] }>();
    const items = Array.from({ length: Math.min(size, count - start) }, (_, k) => start + k);
    const batch = await Promise.all(items.map((item) => contents.read(item)));
    for (const [k, content] of batch.entries()) {
      const item = start + k;
      if (content === null) read.empty++;
      else if (typeof content !== "string" && isUnreadable(content)) refuse(item, content);
      else {
        const hash = contentHash(content);
        const key = hash.toString("latin1");
        const found = known.get(key) ?? cache?.get(encoder, hash);
        const same = waiting.get(key);
        if (found !== undefined) {
          read.cached++;
          known.set(key, found);
          settle(item, found);
        } else if (same) {
          read.cached++;
          same.items.push(item);
        } else waiting.set(key, { content, hash, items: [item] });
      }
    }
    const list = [...waiting];
    const made =
      list.length === 0
        ? []
        : await encodeBatch(
            encoder,
            list.map(([, { content }]) => content),
            { where },
          );
    for (const [k, [key, { hash, items }]] of list.entries()) {
      const found = made[k]!;
      if (!isUnreadable(found)) checkFinite(found, { encoder, item: contents.idOf(items[0]!), where });
      cache?.put(encoder, hash, found);
      read.encoded++;
      known.set(key, found);
      for (const item of items) settle(item, found);
    }
    const done = Math.min(start + size, count);
    progress?.({ phase: `encoding ${name}`, done, total: count, unit: "items", values: { "from cache": read.cached } });
  }
  return read;
}

async function encodeBatch(
  encoder: Encoder,
  contents: Content[],
  { where }: { where: string },
): Promise<readonly (Features | Unreadable)[]> {
  const made = await inEncoder(encoder, {
    where,
    act: () =>
      encoder.kind === "text"
        ? encoder.encode(contents.filter((content) => typeof content === "string"))
        : encoder.encode(contents.filter((content) => typeof content !== "string")),
  });
  const answers = Array.isArray(made) && made.every((answer) => typeof answer === "object" && answer !== null);
  if (answers && made.length === contents.length) return made;
  throw new MmdinError("DATA", `the encoder "${encoder.id}" does not answer every content`, {
    where,
    expected: `${contents.length} answers`,
    got: answers ? String(made.length) : "something else than a list of them",
  });
}

/** Calls a function of an encoder, which can be a caller's own: what it throws is told as this encoder's. */
async function inEncoder<T>(
  encoder: Encoder,
  { where, act }: { where: string; act: () => T | Promise<T> },
): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof MmdinError) throw cause;
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new MmdinError("DATA", `the encoder "${encoder.id}" failed`, { where, got, cause });
  }
}

async function fitOn(
  encoder: Encoder,
  features: readonly (Features | undefined)[],
  { name, where, training, progress }: EncodeOptions,
): Promise<Projection | undefined> {
  const { fit } = encoder;
  if (fit === undefined) return undefined;
  progress?.({ phase: `fitting ${encoder.id} for ${name}`, done: 0 });
  const seen = features.filter((found, item): found is Features => found !== undefined && training(item));
  if (seen.length === 0) {
    throw new MmdinError(
      "DATA",
      `no item of the training slice has ${encoder.kind === "text" ? "a text" : "an image"} for modality "${name}"`,
      {
        where,
        expected: `at least one to fit ${encoder.id} on`,
        fix: "Check the expression and the root, or leave the modality out.",
      },
    );
  }
  const act = (): Projection => {
    try {
      return fit.call(encoder, seen);
    } catch (cause) {
      if (!(cause instanceof MmdinError)) throw cause;
      throw new MmdinError(cause.code, `${name}: ${cause.problem}`, { where, ...cause.details, cause });
    }
  };
  return inEncoder(encoder, { where, act });
}

interface Checked {
  encoder: Encoder;
  item: string;
  where: string;
}

function checkVector(vector: Float32Array, { dimension, ...checked }: Checked & { dimension: number }): void {
  if (vector.length !== dimension) {
    throw new MmdinError("DATA", `the encoder "${checked.encoder.id}" gave a vector of another length`, {
      where: `${checked.where}: item ${JSON.stringify(checked.item)}`,
      expected: `${dimension} numbers, its dimension`,
      got: String(vector.length),
    });
  }
  checkFinite(vector, checked);
}

function checkFinite(numbers: Features, { encoder, item, where }: Checked): void {
  // A caller's encoder can be JavaScript that no compiler has seen.
  if (!(numbers instanceof Float32Array || numbers instanceof Int32Array)) {
    throw new MmdinError("DATA", `the encoder "${encoder.id}" does not answer in typed arrays`, {
      where: `${where}: item ${JSON.stringify(item)}`,
      expected: "a Float32Array (or an Int32Array, where it fits a projection)",
      got: Array.isArray(numbers) ? "an array" : typeof numbers,
    });
  }
  const at = numbers.findIndex((x: number) => !Number.isFinite(x));
  if (at < 0) return;
  throw new MmdinError("DATA", `the encoder "${encoder.id}" gave a number that is not finite`, {
    where: `${where}: item ${JSON.stringify(item)}`,
    expected: "finite numbers",
    got: `${numbers[at]} at ${at}`,
    fix: 'Where a content cannot be encoded, an encoder answers { unreadable: "why" }.',
  });
}
