import type { CatalogueItem, ModelSummary } from "../../../src/api/contract.js";
import type { RankRequest } from "../../../src/contract.js";

/** Candidates of one request. */
const CANDIDATES = 5;

/** Requests of nobody: histories and candidates drawn from the catalogue, the same ones for the same seed. */
export function randomRequests(
  count: number,
  { items, model, seed }: { items: readonly CatalogueItem[]; model: ModelSummary; seed: number },
): RankRequest[] {
  let state = seed >>> 0;
  // Numerical Recipes' linear congruential generator: nothing is decided by it but which requests are compared.
  const below = (most: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  const known = items.filter(({ origin }) => origin !== "added");
  const draw = (): CatalogueItem => known[below(known.length)]!;
  return Array.from({ length: count }, (): RankRequest => {
    const length = below(model.historyLength + 5);
    const history = Array.from({ length }, (_, step) => ({
      item: draw().id,
      label: below(2) as 0 | 1,
      time: model.lastTime + 1 + step,
      features: Object.fromEntries(
        model.features.flatMap(({ name, kind, values = [] }) => {
          if (below(4) === 0) return [];
          return [[name, kind === "number" ? below(50) / 10 : (values[below(values.length)] ?? "")]];
        }),
      ),
    }));
    const candidates = [...new Map(Array.from({ length: CANDIDATES }, draw).map((item) => [item.id, item])).values()];
    return {
      history,
      time: model.lastTime + 2 + length,
      candidates: candidates.map(({ id }) => id),
      statistics: { items: Object.fromEntries(candidates.map(({ id, counters }) => [id, counters])) },
    };
  });
}
