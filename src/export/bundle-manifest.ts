import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FileEntry } from "../data/arrow-file.js";
import { MmdinError } from "../errors.js";
import type { BundleInput } from "./bundle-feeds.js";
import type { BundleOutput } from "./export-graph.js";
import type { ParityResult } from "./parity.js";

export const BUNDLE_FORMAT = "mmdin-bundle";
export const BUNDLE_VERSION = 1;
export const BUNDLE_MANIFEST = "manifest.json";

/** What `manifest.json` of a bundle says. */
export interface BundleManifest {
  format: typeof BUNDLE_FORMAT;
  version: number;
  created: string;
  /** Versions of what wrote it. */
  versions: { mmdin: string; onnxruntime: string; opset: number };
  /** The run that it was made of. */
  run: {
    model: string;
    created: string;
    versions: { mmdin: string; node: string; onnxruntime: string };
    state: "training" | "finished";
    dataset: { name: string; hash: string };
    /** Items added after training. */
    itemsAdded: number;
    parameters: number;
    calibration: "none" | "platt" | "isotonic";
  };
  inputs: readonly BundleInput[];
  outputs: readonly BundleOutput[];
  items: number;
  users: number;
  /** What was compared with the run when it was written. */
  checks: readonly ParityResult[];
  /** Every other file, by name. */
  files: Record<string, FileEntry>;
}

/**
 * Reads what a bundle says of itself.
 *
 * @throws MmdinError FORMAT where the folder is no bundle, damaged, or of another version.
 */
export function readBundleManifest(directory: string): BundleManifest {
  const path = join(directory, BUNDLE_MANIFEST);
  const fix = "Give a folder that `mmdin export` wrote";
  let manifest: Partial<BundleManifest> | null;
  try {
    manifest = JSON.parse(readFileSync(path, "utf8")) as Partial<BundleManifest> | null;
  } catch (cause) {
    throw new MmdinError("FORMAT", "not a bundle", { where: path, expected: "a manifest in JSON", fix, cause });
  }
  if (manifest?.format !== BUNDLE_FORMAT || manifest.version !== BUNDLE_VERSION) {
    const expected = `format "${BUNDLE_FORMAT}", version ${BUNDLE_VERSION}`;
    const got = `${manifest?.format ?? "no format"}, version ${manifest?.version ?? "none"}`;
    throw new MmdinError("FORMAT", "not a bundle of this version", { where: path, expected, got, fix });
  }
  return manifest as BundleManifest;
}

/** Whether a folder is a bundle, of any version. */
export function isBundle(directory: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(directory, BUNDLE_MANIFEST), "utf8"));
    return (
      typeof manifest === "object" && manifest !== null && "format" in manifest && manifest.format === BUNDLE_FORMAT
    );
  } catch {
    return false; // no manifest, or none that can be read: nothing of ours
  }
}
