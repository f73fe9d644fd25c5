import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Progress } from "../../contract.js";
import { RandomStream } from "../../random.js";
import type { WorldItems } from "../items.js";
import type { Recipe } from "../recipe.js";
import { POSTER_HEIGHT, POSTER_WIDTH } from "./canvas.js";
import { drawPoster } from "./draw-poster.js";

interface PostersOptions {
  items: WorldItems;
  seed: number;
  recipe: Recipe;
  progress?: Progress | undefined;
}

/** So many pictures are compressed and written, by threads of sharp and Node, while the next one is drawn. */
const IN_FLIGHT = 6;

/**
 * Draws a poster for each item but those that have none and writes them as posters/<item>.png.
 *
 * @returns Their paths below the folder, one per item; null where there is none.
 */
export async function writePosters(
  folder: string,
  { items, seed, recipe, progress }: PostersOptions,
): Promise<(string | null)[]> {
  mkdirSync(join(folder, "posters"));
  const missing = new RandomStream(seed, "world", "missing posters");
  const paths = items.ids.map((id) => (missing.uniform() < recipe.posterMissing ? null : `posters/${id}.png`));
  let next = 0;
  const drawOn = async (): Promise<void> => {
    while (next < items.count) {
      const i = next++;
      progress?.({ phase: "drawing posters", done: i, total: items.count, unit: "posters" });
      const path = paths[i];
      if (path) await writePng(join(folder, path), drawItem(i, { items, seed, recipe }));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, drawOn));
  return paths;
}

/** The poster of one item: sRGB bytes, [POSTER_HEIGHT, POSTER_WIDTH, 3]. It depends on its style and the seed alone. */
export function drawItem(item: number, { items, seed, recipe }: Omit<PostersOptions, "progress">): Uint8Array {
  const dimensions = items.style.length / items.count;
  const random = new RandomStream(seed, "world", "posters", item);
  const spread = recipe.posterNoise / Math.sqrt(dimensions);
  const shown = items.style.slice(item * dimensions, (item + 1) * dimensions).map((x) => x + spread * random.normal());
  return drawPoster(shown, random);
}

async function writePng(path: string, rgb: Uint8Array): Promise<void> {
  const { default: sharp } = await import("sharp"); // here: who imports mmdin and draws nothing does not load it
  const raw = { width: POSTER_WIDTH, height: POSTER_HEIGHT, channels: 3 as const };
  await writeFile(path, await sharp(rgb, { raw }).png().toBuffer(), { flag: "wx" });
}
