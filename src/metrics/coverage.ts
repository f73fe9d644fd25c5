import { checkLengths, type Scores } from "./order.js";

/**
 * Coverage@k: the share of the items on offer that are among the first k of at least one list.
 *
 * A model that shows everybody the same few items covers little of a catalogue, however well it ranks. With fixed candidates the
 * items on offer are those of the lists. Equal scores go to the item of the lower index.
 *
 * @param scores [lists * width], list after list
 * @param items [lists * width], the item of each score
 * @returns null without lists.
 * Source: Herlocker et al., "Evaluating Collaborative Filtering Recommender Systems", 2004, section 4.2 (catalogue coverage).
 */
export function coverage(
  scores: Scores,
  { items, width, k }: { items: Int32Array; width: number; k: number },
): number | null {
  checkLengths("coverage", { scores, items });
  if (scores.length === 0) return null;
  const offered = new Set<number>(items);
  const shown = new Set<number>();
  for (let start = 0; start < scores.length; start += width) {
    const places = Array.from({ length: width }, (_, place) => start + place);
    places.sort((a, b) => scores[b]! - scores[a]! || items[a]! - items[b]!);
    for (const place of places.slice(0, k)) shown.add(items[place]!);
  }
  return shown.size / offered.size;
}
