import type { CandidateSource } from "../../api/contract.js";

export interface Candidate {
  item: number;
  /** The first source that named it. */
  source: CandidateSource;
}

export interface RankedSource {
  source: CandidateSource;
  /** Its items, the best first, none twice. */
  items: Int32Array;
  /** Its share of all candidates. */
  share: number;
}

/**
 * One list of several, none twice: each source in its turn gives as many as its share of `most` says, of those that none before it gave; what
 * is then left goes to the sources in the same order, as far as their lists go.
 */
export function mergeSources(sources: readonly RankedSource[], { most }: { most: number }): Candidate[] {
  const merged: Candidate[] = [];
  const taken = new Set<number>();
  const next = sources.map(() => 0);
  const takeFrom = (s: number, wanted: number): void => {
    const { source, items } = sources[s]!;
    let given = 0;
    while (given < wanted && merged.length < most && next[s]! < items.length) {
      const item = items[next[s]!++]!;
      if (taken.has(item)) continue;
      taken.add(item);
      merged.push({ item, source });
      given++;
    }
  };
  for (const [s, { share }] of sources.entries()) takeFrom(s, Math.max(1, Math.round(share * most)));
  for (const s of sources.keys()) takeFrom(s, most);
  return merged;
}
