import type { z } from "zod";
import type { Catalogue } from "../data/columns.js";
import type { TrainingEntries } from "../data/training-entries.js";
import { MmdinError } from "../errors.js";
import type { Tensor } from "../graph/index.js";
import type { Builder } from "../nn/builder.js";

/** What a model's forward gives. */
export interface ModelOutput {
  /** [B, 1]: the logit of "this person wants this item now". The sigmoid is applied by `predict` only. */
  logits: Tensor;
  /** Weight of every history step, [B, T, H], and the names of the H attention heads. */
  attention?: { heads: string[]; weights: Tensor };
  /** Modality gates [B, M] and the names of the M modalities. */
  gates?: { modalities: string[]; values: Tensor };
}

export interface ForwardContext<Options> {
  catalogue: Catalogue;
  options: Options;
}

/** One ranking model: a name, its options, and its forward, written once over symbolic tensors. */
export interface ModelDefinition<Options> {
  name: string;
  /** One sentence, and the source. */
  description: string;
  options: z.ZodType<Options>;
  /** Default of `hide.id` where it is not that of every model: one that reads little but ids cannot spare many. */
  hiddenIds?: number;
  /** True where the age of a step is the position that the model's paper gives it: part of the network, not a feature to leave out. */
  agesArePositions?: true;
  /** True where rows may share one history, [1, T]: all that comes of it meets the candidate by broadcasting. */
  sharesHistory?: true;
  forward(builder: Builder, context: ForwardContext<Options>): ModelOutput;
  /** Present where nothing is learned by gradient: fills tables from the training slice; calibration makes logits of the scores. */
  count?(slice: TrainingSlice, options: Options): Record<string, Float32Array>;
}

/** What a counting model may look at. */
export interface TrainingSlice extends TrainingEntries {
  catalogue: Catalogue;
}

/** The id and the categories of a catalogue: what textbooks call ids. */
export function idsOf(catalogue: Catalogue): string[] {
  return ["id", ...catalogue.modalities.filter(({ kind }) => kind === "category").map(({ name }) => name)];
}

/** The modalities that a model reads, those asked for or all of the catalogue: the id and the categories first. */
export function chooseModalities(catalogue: Catalogue, asked: "all" | "ids" | readonly string[]): string[] {
  const ids = idsOf(catalogue);
  if (asked === "ids") return ids;
  const others = catalogue.modalities.map(({ name }) => name).filter((name) => !ids.includes(name));
  const all = [...ids, ...others];
  if (asked === "all") return all;
  for (const name of asked) {
    if (!all.includes(name)) {
      throw new MmdinError("CONFIG", `there is no modality ${name}`, {
        where: "options.modalities",
        expected: `some of ${all.join(", ")}`,
        got: name,
      });
    }
  }
  if (asked.length === 0)
    throw new MmdinError("CONFIG", "a model needs at least one modality", { where: "options.modalities" });
  return all.filter((name) => asked.includes(name));
}
