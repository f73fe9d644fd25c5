import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "../contract.js";
import { writeNewFolder } from "../data/new-folder.js";
import { MmdinError } from "../errors.js";
import { contactSheet } from "./contact-sheet.js";
import { datasetYaml } from "./dataset-yaml.js";
import { writePosters } from "./posters/write-posters.js";
import { RECIPE } from "./recipe.js";
import { writeShopFiles } from "./shop-files.js";
import { simulate } from "./simulate.js";
import { writeTexts } from "./texts/item-texts.js";
import { writeTruth } from "./truth.js";
import { isWorld, makeManifest, type WorldManifest } from "./world-manifest.js";

export interface WorldOptions {
  /** Folder to write; a world that is there already is replaced. */
  out: string;
  /** Another seed, another world. Default 1. */
  seed?: number | undefined;
  /** Default 800. */
  users?: number | undefined;
  /** Default 1,200. */
  items?: number | undefined;
  /** Default 90,000, at least one for each person. */
  events?: number | undefined;
  progress?: Progress | undefined;
}

export interface WorldSummary extends WorldManifest {
  out: string;
  /** Seconds that it took. */
  seconds: number;
}

/**
 * Writes a simulated world whose truth is known, so that what a model can at most reach is known too.
 *
 * Items have a topic, a style, a price and a quality; people have two to four interests, one active at a time; a click is a
 * draw from a known probability. The texts of an item carry its topic, its poster carries its style, both noisily. The
 * folder holds what a shop would know (events.csv, items.jsonl, posters/, dataset.yaml: ready for `prepare`), a
 * contact-sheet.html of 40 items to look at and, in truth/, what nobody knows. The same options write the same bytes.
 *
 * @throws MmdinError CONFIG on a size that is none, IO where `out` is something else than a world, or cannot be written.
 * @example
 * const { yardsticks } = await generateWorld({ out: "world" });
 * console.log(yardsticks.oracle); // the AUC that no model can be expected to exceed
 */
export async function generateWorld({
  out,
  seed = 1,
  users = 800,
  items = 1200,
  events = 90_000,
  progress,
}: WorldOptions): Promise<WorldSummary> {
  const start = performance.now();
  const size = { seed, users, items, events };
  checkWhole("seed", seed, 0);
  checkWhole("users", users, 1);
  checkWhole("items", items, 1);
  checkWhole("events", events, users);
  return writeNewFolder(out, { replaceable: isWorld, expected: "a world" }, async (folder) => {
    progress?.({ phase: "simulating clicks", done: 0 });
    const world = simulate(size, RECIPE);
    const manifest = makeManifest(world, { size, recipe: RECIPE });
    const texts = writeTexts(world.items, { seed, recipe: RECIPE });
    const posters = await writePosters(folder, { items: world.items, seed, recipe: RECIPE, progress });
    const show = { texts, posters };
    writeShopFiles(folder, { world, show });
    writeFileSync(join(folder, "contact-sheet.html"), contactSheet(folder, { items: world.items, show }), {
      flag: "wx",
    });
    writeFileSync(join(folder, "dataset.yaml"), datasetYaml(size), { flag: "wx" });
    writeTruth(folder, { world, manifest });
    return { ...manifest, out, seconds: (performance.now() - start) / 1000 };
  });
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new MmdinError("CONFIG", "not a size of a world", {
    where: name,
    expected: `a whole number of at least ${least}${name === "events" ? ", one for each person" : ""}`,
    got: String(value),
  });
}
