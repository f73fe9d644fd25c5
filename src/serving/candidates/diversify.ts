import { nearest } from "../../config/nearest.js";
import type { Catalogue, ModalityColumn } from "../../data/columns.js";
import { FIRST_VALUE_CODE } from "../../data/columns.js";
import { MmdinError } from "../../errors.js";

export interface DiversifyOptions {
  /** How many are wanted. */
  k: number;
  /** 0 leaves the order as it is; up to 1. */
  diversity: number;
  /** How alike every two of the ranked are, [n, n]; needed where `diversity` is more than 0. */
  similarity?: Float32Array | null;
  cap?: CompiledCap | null;
}

/** At most so many items that share a value. */
export interface CompiledCap {
  /** The values of an item, as codes; none where it has none. */
  codesOf: (item: number) => Int32Array;
  most: number;
}

/**
 * The best k of a ranked list that are unlike each other, as places in the list, in the order in which they shall be shown.
 *
 * Maximal marginal relevance: one after the other, the item i of the largest
 *
 *   (1 - diversity) p_i / p_best - diversity max over those chosen j of s_ij
 *
 * p the probability 1 / (1 + exp(-logit)), s the cosine of item vectors; of equal ones the earlier in the list. Relevance is the probability relative to the
 * best one of the list: it does not change when all items are wanted half as often, and "half as likely" costs the same whether the best
 * is wanted by one person in two or in two hundred. Ranks instead would say that the second of 500 is nearly as good as the first, whatever
 * the model thinks.
 *
 * A cap skips items that have a value which `most` of those chosen have already; fewer than k come where caps leave no others. With diversity 0 the order is that
 * of the list.
 *
 * O(n k). Carbonell and Goldstein, The use of MMR, diversity-based reranking for reordering documents and producing summaries (1998),
 * https://doi.org/10.1145/290941.291025
 *
 * @param ranked the best first
 * @throws MmdinError REQUEST where `diversity` is not from 0 to 1.
 */
export function diversify(
  ranked: readonly { item: number; logit: number }[],
  { k, diversity, similarity = null, cap = null }: DiversifyOptions,
): number[] {
  if (!(diversity >= 0 && diversity <= 1)) {
    throw new MmdinError("REQUEST", "not a diversity", {
      where: "diversity",
      expected: "0 to 1",
      got: String(diversity),
    });
  }
  const n = ranked.length;
  const capped = new Map<number, number>();
  const isFull = (place: number): boolean =>
    cap?.codesOf(ranked[place]!.item).some((code) => (capped.get(code) ?? 0) >= cap.most) ?? false;
  const chosen: number[] = [];
  const choose = (place: number): void => {
    chosen.push(place);
    for (const code of cap?.codesOf(ranked[place]!.item) ?? []) capped.set(code, (capped.get(code) ?? 0) + 1);
  };
  if (diversity === 0 || similarity === null) {
    for (let place = 0; place < n && chosen.length < k; place++) if (!isFull(place)) choose(place);
    return chosen;
  }
  const best = n > 0 ? logProbability(ranked[0]!.logit) : 0;
  const relevance = Float64Array.from(ranked, ({ logit }) => (1 - diversity) * Math.exp(logProbability(logit) - best));
  /** Largest similarity with what is chosen; before anything is, 0. */
  const alike = new Float64Array(n);
  const open = new Uint8Array(n).fill(1);
  while (chosen.length < k) {
    let next = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (let place = 0; place < n; place++) {
      if (open[place] === 0) continue;
      const worth = relevance[place]! - diversity * alike[place]!;
      if (!(worth > most)) continue;
      // What a cap forbids now it forbids for good.
      if (cap !== null && isFull(place)) open[place] = 0;
      else {
        next = place;
        most = worth;
      }
    }
    if (next < 0) break;
    open[next] = 0;
    const row = similarity.subarray(next * n, (next + 1) * n);
    if (chosen.length === 0) alike.set(row);
    else for (let place = 0; place < n; place++) if (row[place]! > alike[place]!) alike[place] = row[place]!;
    choose(next);
  }
  return chosen;
}

/** log(1 / (1 + exp(-x))), without overflow. */
const logProbability = (x: number): number => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));

/**
 * Reads `cap` of a question. Values that training has not seen count for nothing, as they cannot be told apart.
 *
 * @throws MmdinError REQUEST where the modality is not a category of the catalogue, or `most` is not 1 or more.
 */
export function compileCap(
  { modality, most }: { modality: string; most: number },
  { modalities }: Pick<Catalogue, "modalities">,
): CompiledCap {
  const categories = modalities.filter((column): column is Category => column.kind === "category");
  const column = categories.find(({ name }) => name === modality);
  if (column === undefined) {
    const names = categories.map(({ name }) => name);
    const near = nearest(modality, names);
    throw new MmdinError("REQUEST", "there is no such category", {
      where: "cap.modality",
      expected: names.length > 0 ? `one of ${names.join(", ")}` : "a category, of which the catalogue has none",
      got: modality,
      ...(near !== undefined && { fix: `Did you mean ${near}?` }),
    });
  }
  if (!Number.isInteger(most) || most < 1) {
    throw new MmdinError("REQUEST", "not a number of items", {
      where: "cap.most",
      expected: "1 or more",
      got: String(most),
    });
  }
  const { offsets, codes } = column;
  return {
    most,
    codesOf: (item) => codes.subarray(offsets[item]!, offsets[item + 1]!).filter((code) => code >= FIRST_VALUE_CODE),
  };
}

type Category = Extract<ModalityColumn, { kind: "category" }>;
