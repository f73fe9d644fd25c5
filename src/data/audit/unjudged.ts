import type { AuditView } from "./audit-view.js";

/** What a dataset holds, or was made of, and no check judges. */
export function unjudged({ dataset: { catalogue }, config }: AuditView): string[] {
  const notes: string[] = [];
  const vectors = catalogue.modalities.filter(({ kind }) => kind === "vector").map(({ name }) => `\`${name}\``);
  if (vectors.length > 0) {
    notes.push(
      `${vectors.join(", ")}: of texts, images and vectors nothing is judged but whether they are missing; neither what they tell of the label nor what their encoder was fitted on`,
    );
  }
  if (config.negatives?.exclude !== undefined) {
    notes.push(
      "`negatives.exclude`: the dataset does not hold the excluded pairs, so that a drawn negative among them is not noticed",
    );
  }
  return notes;
}
