import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { BUNDLE_FILES, type BundleFile } from "../../api/bundle-files.js";
import { DEFAULT_CACHE } from "../../data/index.js";
import { MmdinError } from "../../errors.js";
import { exportRun } from "../../export/index.js";
import { readRunManifest } from "../../training/index.js";

/** Exports the run that is served, once, when somebody first asks for it; its files are then read from a cache. */
export class ModelBundles {
  readonly #cache: string;
  readonly #made = new Map<string, Promise<string>>();

  /** @param cache Folder; default `.mmdin/cache` where the server was started. */
  constructor({ cache = DEFAULT_CACHE }: { cache?: string | undefined } = {}) {
    this.#cache = cache;
  }

  /**
   * The path of a file of a run's bundle; null where the bundle has none of that name.
   *
   * @throws MmdinError as `exportRun` does: RUNTIME where the exported model answers otherwise than the run, IO where it cannot be written.
   */
  async file(run: string, name: BundleFile): Promise<string | null> {
    if (!BUNDLE_FILES.includes(name))
      throw new MmdinError("REQUEST", "no file of a bundle", { where: "file", got: name });
    const path = join(await this.#bundle(run), name);
    return existsSync(path) ? path : null;
  }

  #bundle(run: string): Promise<string> {
    const { created, itemsAdded, model } = readRunManifest(run);
    const key = createHash("sha256")
      .update(JSON.stringify([resolve(run), created, itemsAdded]))
      .digest("hex");
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#export(run, join(this.#cache, "bundles", `${model}-${key.slice(0, 16)}`));
    this.#made.set(key, made);
    made.catch(() => this.#made.delete(key)); // whoever waits is told; the next one tries again
    return made;
  }

  async #export(run: string, out: string): Promise<string> {
    if (existsSync(join(out, "manifest.json"))) return out;
    await exportRun({ run, out, python: "none" });
    return out;
  }
}
