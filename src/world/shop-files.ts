import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { WorldItems } from "./items.js";
import type { World } from "./simulate.js";
import type { ItemText } from "./texts/item-texts.js";

/** What items are told and shown by, one entry per item. */
export interface ItemShow {
  texts: readonly ItemText[];
  /** Paths of the posters below the world's folder; null where there is none. */
  posters: readonly (string | null)[];
}

/**
 * Writes what a shop would know, and nothing of the truth: events.csv (user, item, time, clicked; ordered by time, item and
 * user) and items.jsonl (item, title, blurb, category, price, age, poster; null where the catalogue does not tell).
 */
export function writeShopFiles(folder: string, { world, show }: { world: World; show: ItemShow }): void {
  const { items, people, exposures, clicks } = world;
  const lines = ["user,item,time,clicked"];
  for (let e = 0; e < exposures.count; e++) {
    const user = people[exposures.user[e]!]!.id;
    const item = items.ids[exposures.item[e]!]!;
    lines.push(`${user},${item},${exposures.time[e]!},${clicks.clicked[e]!}`);
  }
  writeFileSync(join(folder, "events.csv"), `${lines.join("\n")}\n`, { flag: "wx" });
  writeFileSync(join(folder, "items.jsonl"), catalogueLines(items, show), { flag: "wx" });
}

function catalogueLines(items: WorldItems, { texts, posters }: ItemShow): string {
  const { ids, category, price, age, priceMissing, ageMissing } = items;
  const lines = ids.map((item, i) =>
    JSON.stringify({
      item,
      title: texts[i]!.title,
      blurb: texts[i]!.blurb,
      category: `c${String(category[i]! + 1).padStart(2, "0")}`,
      price: priceMissing[i] ? null : rounded(Math.exp(3 + 0.6 * price[i]!), 2),
      age: ageMissing[i] ? null : rounded(age[i]!, 1),
      poster: posters[i],
    }),
  );
  return `${lines.join("\n")}\n`;
}

function rounded(x: number, digits: number): number {
  return Number(x.toFixed(digits));
}
