import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { writeNewFolder } from "../data/new-folder.js";
import { MmdinError } from "../errors.js";
import { runJob } from "../runtime/job.js";
import { readRunManifest } from "../training/run-folder.js";
import { isBundle } from "./bundle-manifest.js";
import type { ExportedBundle, ExportJob } from "./export-job.js";
import { LARGEST_MODEL } from "./write-model.js";

export interface ExportRunOptions {
  /** Folder that `train` wrote. */
  run: string;
  /** Folder to write; a bundle that is there is replaced once the new one is complete. */
  out: string;
  /** Above so many bytes of tensors they go to a file of their own, model.onnx.data; default 1.5e9. */
  externalAbove?: number | undefined;
  /** The Python that the check asks, where it has onnxruntime and numpy; default "python3". */
  python?: string | undefined;
}

export interface ExportRunSummary extends ExportedBundle {
  out: string;
}

const EXTERNAL_ABOVE = 1.5e9;

/**
 * Writes a run as a bundle that needs no mmdin: `model.onnx` (opset 18) from indices and raw values to probabilities, calibration, items,
 * people and counters inside; what turns a request into its inputs, in JavaScript and Python; a README made for it, and examples.
 *
 * Letters: B people, T history steps, N candidates. Inputs are int32 indices, float32 features and float64 times and counters; outputs
 * `probability` and `logit` [B, N], and where the model has them `attention` [B, N, T, H] and `gates` [B, N, M]. See docs/export.md.
 *
 * Before the folder appears, its answers are compared with the run's in onnxruntime-node, and in onnxruntime-web and Python where they
 * are installed.
 *
 * @throws MmdinError FORMAT where the run is none, damaged, or of another version; IO where something that is no bundle is in the place;
 *   CONFIG on an option; RUNTIME where an answer differs by more than 1e-5: nothing is written then.
 * @example
 * const { checks } = await exportRun({ run: "runs/first", out: "bundles/first" });
 */
export async function exportRun(options: ExportRunOptions): Promise<ExportRunSummary> {
  const { externalAbove = EXTERNAL_ABOVE, python = "python3" } = options;
  if (!(externalAbove >= 0 && externalAbove <= LARGEST_MODEL)) {
    throw new MmdinError("CONFIG", "a model file cannot hold so much", {
      where: "externalAbove",
      expected: `0 to ${LARGEST_MODEL} bytes`,
      got: String(externalAbove),
    });
  }
  const run = resolve(options.run);
  const out = resolve(options.out);
  readRunManifest(run); // what is no run is refused before anything is made
  if (existsSync(out) && resolve(run) === out)
    throw new MmdinError("IO", "a bundle cannot take the place of its run", {
      where: out,
      fix: "Choose another --out",
    });
  const place = { replaceable: isBundle, expected: "a bundle" };
  const summary = await writeNewFolder(out, place, (folder) => {
    const data: ExportJob = { run, folder, externalAbove, python };
    return runJob<ExportedBundle>("export-worker", { base: import.meta.url, data });
  });
  return { out, ...summary };
}
