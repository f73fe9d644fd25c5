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
  const own = [lsaEncoder(), pixelsEncoder()];
  for (const encoder of encoders) checkOwn(encoder, { where, taken: own.map((each) => each.id) });
  const known = [...encoders, ...own];
  const found = known.find((encoder) => encoder.id === id && encoder.kind === kind);
  if (found) return found;
  const names = known.filter((encoder) => encoder.kind === kind).map((encoder) => encoder.id);
  const other = known.find((encoder) => encoder.id === id);
  const near = nearest(id, names);
  throw new MmdinError("CONFIG", other ? `"${id}" encodes the other kind, ${other.kind}` : `no encoder "${id}"`, {
    where,
    expected: `${names.join(", ")}, or hf:owner/model`,
    fix: near
      ? `Did you mean "${near}"?`
      : `Name one that encodes ${kind}, or give your own (the option \`encoders\`).`,
  });
}

/** Refuses an encoder of the caller's that cannot work: it can be JavaScript that no compiler has seen. */
function checkOwn(encoder: Encoder, { where, taken }: { where: string; taken: readonly string[] }): void {
  const { id, version, kind, dimension, batchSize } = encoder;
  const whole = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0;
  const text = (value: unknown): boolean => typeof value === "string" && value !== "";
  const faults: [boolean, string, unknown][] = [
    [text(id) && !id.startsWith("hf:") && !taken.includes(id), `an id that is not ${taken.join(", ")} or hf:...`, id],
    [text(version), "a version, as text", version],
    [kind === "text" || kind === "image", 'a kind, "text" or "image"', kind],
    [whole(dimension), "a dimension of at least 1", dimension],
    [batchSize === undefined || whole(batchSize), "a batchSize of at least 1", batchSize],
    [
      encoder.fit === undefined || encoder.restore !== undefined,
      "`restore` beside `fit`, for items that come later",
      "none",
    ],
  ];
  const fault = faults.find(([holds]) => !holds);
  if (fault === undefined) return;
  const [, expected, got] = fault;
  throw new MmdinError("CONFIG", `not an encoder: ${JSON.stringify(id)}`, { where, expected, got: String(got) });
}
