import { type CodeArray, FIRST_VALUE_CODE, MISSING_CODE, UNKNOWN_CODE } from "./columns.js";
import { codeArray } from "./features.js";
import { TRAIN } from "./split.js";

/** Indices of people or items: 0 unknown, then those with an event in training, then the rest, each in text order. */
export interface Indexing {
  /** The unknown one included. */
  count: number;
  trained: number;
  /** Index of the id with this rank. */
  indexOf: Int32Array;
}

/** Gives ids (ranks in text order, one per event in `ranks`) their indices. */
export function indexByTraining(ranks: Int32Array, slice: Uint8Array, total: number): Indexing {
  const seen = new Uint8Array(total);
  for (let e = 0; e < ranks.length; e++) if (slice[e] === TRAIN) seen[ranks[e]!] = 1;
  const indexOf = new Int32Array(total);
  let next = 1;
  for (const wanted of [1, 0]) {
    for (let rank = 0; rank < total; rank++) if (seen[rank] === wanted) indexOf[rank] = next++;
  }
  let trained = 0;
  for (let rank = 0; rank < total; rank++) trained += seen[rank]!;
  return { count: total + 1, trained, indexOf };
}

/** Codes of values whose ranks are known; the vocabulary holds the values at positions of training. */
export function fitVocabulary(
  ranks: Int32Array,
  { values, training }: { values: readonly string[]; training: (position: number) => boolean },
): { vocabulary: string[]; codes: CodeArray } {
  const seen = new Uint8Array(values.length);
  for (let i = 0; i < ranks.length; i++) if (ranks[i]! >= 0 && training(i)) seen[ranks[i]!] = 1;
  const codeOf = new Int32Array(values.length).fill(UNKNOWN_CODE);
  const vocabulary = values.filter((_, rank) => seen[rank] === 1);
  let next = FIRST_VALUE_CODE;
  for (let rank = 0; rank < values.length; rank++) if (seen[rank] === 1) codeOf[rank] = next++;
  const codes = codeArray(ranks.length, vocabulary.length + FIRST_VALUE_CODE);
  for (let i = 0; i < ranks.length; i++) codes[i] = ranks[i]! < 0 ? MISSING_CODE : codeOf[ranks[i]!]!;
  return { vocabulary, codes };
}
