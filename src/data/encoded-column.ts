import type { Progress } from "../contract.js";
import type { Contents, EncodingReport } from "../modality/encode-contents.js";
import type { EncodedBy, Encoder, ProjectionState } from "../modality/encoder.js";
import type { ModalityColumn } from "./columns.js";

/** What encoding needs beside the contents. */
export interface EncodingOptions {
  /** Folder of the cache of encodings; null for none. */
  cache: string | null;
  /** Encoders of the caller. */
  encoders: readonly Encoder[];
  progress: Progress;
  /** Pictures that are at hand, by the path that names them; null: it is looked up below the root. Default: none is. */
  pictures?: ((path: string) => Uint8Array | null) | undefined;
  /** Encoders that stay open for the next time, by modality. Default: each is closed when its column is done. */
  opened?: Map<string, Encoder> | undefined;
}

/** A text or an image of every item, as the table of items has it: the text, or the path of the picture. */
export interface EncodedSource {
  name: string;
  kind: "text" | "image";
  encoder: string;
  /** By item; null where it has none. */
  texts: readonly (string | null)[];
  /** Folder that pictures are looked up in, and nowhere else. */
  root: string;
  /** Folder that `hf:./folder` is relative to. */
  modelsRoot: string;
  /** Where dataset.yaml names the encoder. */
  where: string;
}

/** An encoded modality, before it is written. */
export interface EncodedColumn {
  column: Extract<ModalityColumn, { kind: "vector" }>;
  /** What was fitted; null where the encoder fits nothing. */
  projection: ProjectionState | null;
  report: EncodingReport;
}

/** Fitted before, with the items that new ones join. */
export interface FittedBefore {
  by: EncodedBy;
  projection: ProjectionState | null;
}

/**
 * Encodes a text or an image of items, one row for each.
 *
 * @param options.trained The first so many items are those of the training slice: what is fitted is fitted on them.
 * @param options.before Given, nothing is fitted: the items join a catalogue that was encoded so.
 * @throws MmdinError CONFIG where there is no such encoder, DATA on what it gives, MISMATCH where it is no longer the one of
 * `before`.
 */
export async function encodeColumn(
  source: EncodedSource,
  {
    ids,
    trained,
    before,
    cache: folder,
    encoders,
    progress,
    pictures,
    opened,
  }: EncodingOptions & { ids: readonly string[]; trained: number; before?: FittedBefore },
): Promise<EncodedColumn> {
  // Here and not above: pictures, the cache and their native parts are loaded where something is encoded.
  const { checkEncoder, EncodingCache, encodeContents, encodedBy, openEncoder, readPictureFile } = await import(
    "../modality/encoding.js"
  );
  const { name, kind, texts, root, modelsRoot, where } = source;
  const encoder =
    opened?.get(name) ?? (await openEncoder(source.encoder, { kind, root: modelsRoot, where, encoders, progress }));
  opened?.set(name, encoder);
  if (before) checkEncoder(encoder, { before: before.by, fitted: before.projection !== null, where });
  const contents: Contents = {
    count: texts.length,
    idOf: (item) => ids[item] ?? "",
    read(item) {
      const text = texts[item] ?? "";
      if (text.trim() === "") return null;
      return kind === "text" ? text : (pictures?.(text) ?? readPictureFile(text, { root }));
    },
  };
  let cache: InstanceType<typeof EncodingCache> | undefined;
  try {
    cache = folder === null ? undefined : new EncodingCache(folder);
    const { dimension, row, values, projection, report } = await encodeContents(encoder, contents, {
      name,
      where,
      training: (item) => item < trained,
      projection: before && (before.projection ? encoder.restore?.(before.projection) : null),
      cache,
      progress,
    });
    const by = encodedBy(encoder, { dimension, projection });
    const state = projection?.state ?? null;
    return { column: { name, kind: "vector", dimension, row, values, encoder: by }, projection: state, report };
  } finally {
    await cache?.close();
    if (opened === undefined) await encoder.close?.();
  }
}
