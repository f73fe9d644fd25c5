import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type PictureCell, picturePage } from "../modality/picture-page.js";
import type { WorldItems } from "./items.js";
import type { ItemShow } from "./shop-files.js";
import { TOPIC_WORDS } from "./texts/topic-words.js";

const TOPICS = 8;
const ITEMS_OF_TOPIC = 5;
const CAPTION_WORDS = 12;

/**
 * A page of at most 40 items with their posters: of eight topics whose posters differ most, the five items nearest to each
 * other in style.
 *
 * @param folder The world's, with the posters in it.
 */
export function contactSheet(folder: string, { items, show }: { items: WorldItems; show: ItemShow }): string {
  const shown = items.ids.map((_, i) => i).filter((i) => show.posters[i] !== null);
  const groups = Array.from(new Set(shown.map((i) => items.topic[i]!)))
    .sort((a, b) => a - b)
    .map((topic) => nearestOfTopic(items, { members: shown.filter((i) => items.topic[i] === topic) }));
  const full = groups.filter((group) => group.length === ITEMS_OF_TOPIC);
  const cell = (i: number): PictureCell => {
    const { title, blurb } = show.texts[i]!;
    const picture = { bytes: readFileSync(join(folder, show.posters[i]!)), type: "image/png" };
    return blurb === null ? { title, picture } : { title, caption: firstWords(blurb), picture };
  };
  return picturePage({
    title: "A simulated shop",
    intro:
      "Some of its items, by hidden topic and style. Words come from an item's topics, with some that do not belong; the picture comes from its style.",
    sections: farthest(items, full.length < TOPICS ? groups : full).map((group) => ({
      heading: TOPIC_WORDS[items.topic[group[0]!]!]!.name,
      cells: group.map(cell),
    })),
  });
}

/** The member nearest in style to all others, and those nearest to it. */
function nearestOfTopic(items: WorldItems, { members }: { members: readonly number[] }): number[] {
  const sum = (i: number): number => members.reduce((total, j) => total + styleCosine(items, [i, j]), 0);
  const middle = members.reduce((best, i) => (sum(i) > sum(best) ? i : best));
  const near = (i: number): number => styleCosine(items, [middle, i]);
  return [...members].sort((a, b) => near(b) - near(a) || a - b).slice(0, ITEMS_OF_TOPIC);
}

/** Of the groups, the first and then again and again the one that is least like those chosen. */
function farthest(items: WorldItems, groups: readonly number[][]): number[][] {
  const chosen = groups.slice(0, 1);
  const nearness = (group: number[]): number =>
    Math.max(...chosen.map(([middle]) => styleCosine(items, [middle!, group[0]!])));
  while (chosen.length < Math.min(TOPICS, groups.length)) {
    const left = groups.filter((group) => !chosen.includes(group));
    chosen.push(left.reduce((best, group) => (nearness(group) < nearness(best) ? group : best)));
  }
  return chosen;
}

function styleCosine({ style, count }: WorldItems, [a, b]: readonly [number, number]): number {
  const dimensions = style.length / count;
  let dot = 0;
  for (let d = 0; d < dimensions; d++) dot += style[a * dimensions + d]! * style[b * dimensions + d]!;
  return dot;
}

function firstWords(text: string): string {
  const words = text.split(" ");
  return words.length <= CAPTION_WORDS ? text : `${words.slice(0, CAPTION_WORDS).join(" ").replace(/[.,]$/, "")} …`;
}
