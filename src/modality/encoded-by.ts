import { createHash } from "node:crypto";
import { MmdinError } from "../errors.js";
import type { EncodedBy, Encoder, Projection } from "./encoder.js";

/** Names an encoder and what it fitted. */
export function encodedBy(
  { id, version, kind }: Encoder,
  { dimension, projection }: { dimension: number; projection: Projection | null },
): EncodedBy {
  const hash = createHash("sha256").update(`${id}\n${version}\n${kind}\n${dimension}\n`);
  for (const [name, { shape, data }] of [...(projection?.state ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name} ${shape.join(" ")}\n`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return { id, version, kind, dimension, hash: hash.digest("hex") };
}

/**
 * Refuses an encoder that is not the one that made the vectors which new ones shall join.
 *
 * @throws MmdinError MISMATCH
 */
export function checkEncoder(
  encoder: Encoder,
  { before, fitted, where }: { before: EncodedBy; fitted: boolean; where: string },
): void {
  const { id, version, kind, dimension, fit } = encoder;
  const same = id === before.id && version === before.version && kind === before.kind;
  // What fits can find fewer directions than it looks for; what does not makes vectors of this length.
  if (same && fitted === (fit !== undefined) && (fitted || dimension === before.dimension)) return;
  throw new MmdinError("MISMATCH", "the encoder is not the one that the run was trained with", {
    where,
    expected: `${before.id} version ${before.version}, ${before.dimension} numbers${fitted ? ", fitted" : ""}`,
    got: `${id} version ${version}, ${dimension} numbers${fit ? ", fitted" : ""}`,
    fix: "Give the same encoder (for a pre-trained one: the same files), or prepare and train again.",
  });
}
