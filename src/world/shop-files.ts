import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { WorldItems } from "./items.js";
import type { World } from "./simulate.js";
import type { FrozenVectors } from "./vectors.js";

/**
 * Writes what a shop would know, and nothing of the truth: events.csv (user, item, time, clicked; ordered by time, item and
 * user), items.jsonl (item, category, price, age; null where the catalogue does not tell) and the two frozen vectors.
 */
export function writeShopFiles(
  folder: string,
  { items, people, exposures, clicks, topicView, styleView }: World,
): void {
  const lines = ["user,item,time,clicked"];
  for (let e = 0; e < exposures.count; e++) {
    const user = people[exposures.user[e]!]!.id;
    const item = items.ids[exposures.item[e]!]!;
    lines.push(`${user},${item},${exposures.time[e]!},${clicks.clicked[e]!}`);
  }
  writeFileSync(join(folder, "events.csv"), `${lines.join("\n")}\n`, { flag: "wx" });
  writeFileSync(join(folder, "items.jsonl"), catalogueLines(items), { flag: "wx" });
  mkdirSync(join(folder, "vectors"));
  writeVectors(join(folder, "vectors", "topic_view"), topicView, items.ids);
  writeVectors(join(folder, "vectors", "style_view"), styleView, items.ids);
}

function catalogueLines({ ids, category, price, age, priceMissing, ageMissing }: WorldItems): string {
  const lines = ids.map((item, i) =>
    JSON.stringify({
      item,
      category: `c${String(category[i]! + 1).padStart(2, "0")}`,
      price: priceMissing[i] ? null : rounded(Math.exp(3 + 0.6 * price[i]!), 2),
      age: ageMissing[i] ? null : rounded(age[i]!, 1),
    }),
  );
  return `${lines.join("\n")}\n`;
}

function rounded(x: number, digits: number): number {
  return Number(x.toFixed(digits));
}

/** `<base>.f32`, little-endian float32 row after row, and `<base>.ids.json` beside it. */
function writeVectors(base: string, { dimension, values }: FrozenVectors, ids: readonly string[]): void {
  const bytes = new DataView(new ArrayBuffer(values.length * 4));
  for (const [i, value] of values.entries()) bytes.setFloat32(i * 4, value, true);
  writeFileSync(`${base}.f32`, bytes, { flag: "wx" });
  writeFileSync(`${base}.ids.json`, `${JSON.stringify({ dim: dimension, ids })}\n`, { flag: "wx" });
}
