import { openCandidateTables } from "../../training/candidate-tables.js";
import type { OpenedRun } from "../../training/run-folder.js";
import { CandidateFinder } from "./candidate-finder.js";
import { openItemVectors } from "./item-vectors.js";

/**
 * Finds candidates with what a run knows.
 *
 * @returns `warnings`: what is left out, and why.
 * @throws MmdinError FORMAT where a file of the run is damaged.
 */
export async function openCandidateFinder(
  { directory, manifest, catalogue, model, weights }: OpenedRun,
  { threads = 1 }: { threads?: number } = {},
): Promise<{ finder: CandidateFinder; warnings: string[] }> {
  const { tables, problem } = openCandidateTables(directory, manifest);
  const vectors = await openItemVectors(model, weights, { catalogue, threads });
  const finder = await CandidateFinder.create({ catalogue, vectors, tables, threads });
  const warnings: string[] = [];
  if (problem !== null) {
    warnings.push(
      `candidates: the run holds no co-visits, and they cannot be counted (${problem}): nothing is found by what people like together. Train the run again`,
    );
  }
  if (vectors === null) {
    warnings.push("candidates: the items have no vectors, and the model makes none: nothing is found by similarity");
  }
  return { finder, warnings };
}
