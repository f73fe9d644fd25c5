import { nearest } from "../config/nearest.js";
import type { Progress } from "../contract.js";
import { MmdinError } from "../errors.js";
import type { Encoder } from "./encoder.js";
import { openHfEncoder } from "./hf/open-hf-encoder.js";
import { lsaEncoder } from "./lsa/lsa.js";
import { pixelsEncoder } from "./pixels/pixels.js";

export interface OpenEncoderOptions {
  kind: "text" | "image";
  /** Folder that `hf:./folder` is relative to. */
  root: string;
  /** Where dataset.yaml names the encoder. */
  where: string;
  /** Encoders of the caller. */
  encoders?: readonly Encoder[] | undefined;
  progress?: Progress | undefined;
}

/**
 * Finds the encoder that dataset.yaml names: one of the caller's, `lsa`, `pixels`, or `hf:...`.
 *
 * @throws MmdinError CONFIG where there is none of this id, or it encodes the other kind; what `openHfEncoder` throws.
 */
export async function openEncoder(id: string, options: OpenEncoderOptions): Promise<Encoder> {
  const { kind, where, encoders = [] } = options;
  if (id.startsWith("hf:")) return openHfEncoder({ id, ...options });
  const known = [...encoders, lsaEncoder(), pixelsEncoder()];
  const found = known.find((encoder) => encoder.id === id && encoder.kind === kind);
  if (found) return found;
  const names = known.filter((encoder) => encoder.kind === kind).map((encoder) => encoder.id);
  const other = known.find((encoder) => encoder.id === id);
  const near = nearest(id, names);
  throw new MmdinError("CONFIG", other ? `"${id}" encodes the other kind, ${other.kind}` : `no encoder "${id}"`, {
    where,
    expected: `${names.join(", ")}, or hf:owner/model`,
    fix: near ? `Did you mean "${near}"?` : `Name one that encodes ${kind}.`,
  });
}
