import { readdirSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Progress } from "../contract.js";
import { loadIds, openCatalogue, readItemTexts, readProjections, writeCatalogue } from "../data/catalogue-file.js";
import { UNKNOWN_INDEX } from "../data/columns.js";
import { itemsWith } from "../data/has-modality.js";
import { DEFAULT_CACHE, IdIndex } from "../data/index.js";
import { joinItems } from "../data/join-items.js";
import { type NewItems, readNewItems } from "../data/new-items.js";
import { recordFile } from "../data/record-file.js";
import { MmdinError, nameSome } from "../errors.js";
import type { EncodingReport } from "../modality/encode-contents.js";
import type { Encoder } from "../modality/encoder.js";
import { isBelow } from "../modality/picture-file.js";
import { readRunManifest, writeRunManifest } from "./run-folder.js";
import { lockRun } from "./run-lock.js";

export interface AddItemsOptions {
  /** Folder that `train` wrote. */
  run: string;
  /** A file of JSON records (one a line, or a list), or the records themselves; their fields are the columns that dataset.yaml reads. */
  items: string | readonly Readonly<Record<string, unknown>>[];
  /** Folder that pictures are looked up in. Default: that of the dataset's sources. */
  root?: string | undefined;
  /** Whether an id that the run knows gets the new content; without, it is refused. */
  replace?: boolean | undefined;
  /** As of `prepare`. */
  cache?: string | false | undefined;
  encoders?: readonly Encoder[] | undefined;
  progress?: Progress | undefined;
}

export interface AddItemsSummary {
  run: string;
  added: number;
  replaced: number;
  /** Items that the run knows now. */
  items: number;
  /** New items that have each modality. */
  modalities: Record<string, number>;
  encodings: Record<string, EncodingReport>;
  /** Pictures that lie outside of the dataset's root (see `root`): encoded, but not shown by `neighbours`. */
  notShown: number;
  /** Fields that nothing reads. */
  ignored: string[];
  dropped: Record<string, number>;
  seconds: number;
}

/**
 * Adds items to a run without training: encodes their texts and pictures with what was fitted then, and appends them to the run's
 * catalogue. Their id is unknown to the weights, their content is known: they are ranked by it, as any item that had no
 * event in training. The run's weights and its dataset stay as they are.
 *
 * @throws MmdinError DATA on a record that cannot be read or an id that is known already, MISMATCH where the run's encoders are
 * not at hand, IO where another process is adding items. The run is then as it was.
 * @example
 * await addItems({ run: "runs/first", items: [{ id: "n1", title: "A lamp", picture: "pictures/n1.jpg" }] });
 */
export async function addItems({
  run,
  items,
  root,
  replace = false,
  cache = DEFAULT_CACHE,
  encoders = [],
  progress = () => undefined,
}: AddItemsOptions): Promise<AddItemsSummary> {
  const begin = performance.now();
  readRunManifest(run);
  const unlock = lockRun(run);
  const given =
    typeof items === "string" ? { path: resolve(items), label: items } : { path: recordFile(items), label: "items" };
  try {
    const manifest = readRunManifest(run);
    const catalogue = openCatalogue(join(run, manifest.catalogue));
    const modelsRoot = manifest.dataset.root;
    const pictures = root === undefined ? modelsRoot : resolve(root);
    const options = { root: pictures, modelsRoot, cache: cache === false ? null : cache, encoders, progress };
    const known = IdIndex.of(catalogue, "items");
    const parts = {
      itemIds: known.ids,
      userIds: loadIds(catalogue, "users"),
      itemTexts: readItemTexts(catalogue),
      projections: readProjections(catalogue),
    };
    const { projections } = parts;
    const added = await readNewItems(given.path, { catalogue, projections, label: given.label, ...options });
    const named = added.texts.pictures.filter((path) => path !== "").length;
    added.texts.pictures = added.texts.pictures.map((path) => fromRoot(path, { pictures, root: modelsRoot }));
    const shown = added.texts.pictures.filter((path) => path !== "").length;
    const target = targetsOf(added, { known, replace, run });
    const joined = joinItems({ catalogue, parts }, { added, target });
    const count = joined.catalogue.items.count - catalogue.items.count;
    const folder = nextFolder(manifest.catalogue);
    // A folder of this name is what a process left that was killed before the manifest named it.
    rmSync(join(run, folder), { recursive: true, force: true });
    writeCatalogue(join(run, folder), joined.catalogue, joined.parts);
    writeRunManifest(run, { ...manifest, catalogue: folder, itemsAdded: manifest.itemsAdded + count });
    removeOld(run, [folder, manifest.catalogue]);
    const { ids, modalities, encodings, ignored, dropped } = added;
    return {
      run,
      added: count,
      replaced: ids.length - count,
      items: joined.catalogue.items.count - 1,
      modalities: Object.fromEntries(
        modalities.map((column) => [column.name, itemsWith(column).reduce((n, has) => n + has, 0)]),
      ),
      notShown: named - shown,
      encodings,
      ignored,
      dropped,
      seconds: (performance.now() - begin) / 1000,
    };
  } finally {
    if (typeof items !== "string") rmSync(given.path, { force: true });
    unlock();
  }
}

/** The index of each new item: its own where it replaces one, else the next free one. */
function targetsOf(
  { ids }: NewItems,
  { known, replace, run }: { known: IdIndex; replace: boolean; run: string },
): Int32Array {
  const old = ids.filter((id) => known.indexOf(id) !== UNKNOWN_INDEX);
  if (old.length > 0 && !replace) {
    throw new MmdinError("DATA", `the run knows these items already: ${nameSome(old)}`, {
      where: run,
      expected: "ids that are new",
      fix: "Leave them out, or say that their content is to be replaced (--replace, or the option `replace`).",
    });
  }
  let next = known.ids.length;
  return Int32Array.from(ids, (id) => known.indexOf(id) || next++);
}

/** The path of a picture as seen from the dataset's root; "" where it does not lie below it. */
function fromRoot(path: string, { pictures, root }: { pictures: string; root: string }): string {
  if (path === "" || pictures === root) return path;
  const place = resolve(pictures, path);
  return isBelow(place, root) ? relative(root, place) : "";
}

/** catalogue -> catalogue-2 -> catalogue-3 */
function nextFolder(name: string): string {
  return `catalogue-${Number(/-(\d+)$/.exec(name)?.[1] ?? 1) + 1}`;
}

/** Removes what is left of earlier catalogues. The one before stays: who opened the run just now may be reading it. */
function removeOld(run: string, kept: readonly string[]): void {
  for (const name of readdirSync(run)) {
    if (!/^catalogue(-\d+)?$/.test(name) || kept.includes(name)) continue;
    rmSync(join(run, name), { recursive: true, force: true });
  }
}
