import { join } from "node:path";
import type { FileEntry } from "../data/arrow-file.js";
import { writeFileAtomic, writeJsonAtomic } from "../data/atomic.js";
import { entryOfFile } from "../data/manifest.js";
import { packageVersion } from "../package-version.js";
import { onnxRuntime } from "../runtime/onnxruntime.js";
import { openRun } from "../training/run-folder.js";
import { bundleEncoding, bundleVocabulary } from "./bundle-encoding.js";
import type { BundleInput } from "./bundle-feeds.js";
import { BUNDLE_FORMAT, BUNDLE_MANIFEST, BUNDLE_VERSION, type BundleManifest } from "./bundle-manifest.js";
import { bundlePart, requestModule } from "./bundle-parts.js";
import { bundleReadme } from "./bundle-readme.js";
import { type BundleOutput, exportGraph } from "./export-graph.js";
import { checkParity, ownLogits, type ParityResult } from "./parity.js";
import { sampleRequest } from "./sample-request.js";
import { DATA_FILE, writeModel } from "./write-model.js";

export interface ExportJob {
  run: string;
  /** An empty folder. */
  folder: string;
  externalAbove: number;
  python: string;
}

/** What was written, and where it was compared with the run. */
export interface ExportedBundle {
  model: string;
  /** Of all files. */
  bytes: number;
  files: Record<string, FileEntry>;
  inputs: readonly BundleInput[];
  outputs: readonly BundleOutput[];
  /** Where the bundle was compared with its run, and by how much they differ at most. */
  checks: readonly ParityResult[];
}

const OPSET = 18;

/** Writes a bundle into a folder and compares it with its run. Errors as `exportRun`. */
export async function exportJob({ run: from, folder, externalAbove, python }: ExportJob): Promise<ExportedBundle> {
  const run = openRun(from);
  const { catalogue, manifest: of } = run;
  const { graph, inputs, outputs } = await exportGraph(run);
  const versions = { mmdin: packageVersion(), onnxruntime: onnxRuntime().env.versions.node ?? "", opset: OPSET };
  const metadata = { format: `${BUNDLE_FORMAT} ${BUNDLE_VERSION}`, mmdin: versions.mmdin, model: of.model };
  const written = writeModel(folder, graph, { externalAbove, metadata });
  const write = (name: string, text: string): void => {
    writeFileAtomic(join(folder, name), text);
    written.push(name);
  };
  const encoding = bundleEncoding(run, inputs);
  const request = sampleRequest(catalogue, inputs);
  write("encoding.json", `${JSON.stringify(encoding, null, 2)}\n`);
  write("vocabulary.json", `${JSON.stringify(bundleVocabulary(catalogue, inputs))}\n`);
  write("request.json", `${JSON.stringify(request, null, 2)}\n`);
  const parts = {
    "request.mjs": requestModule(),
    "request.py": bundlePart("request.py"),
    "example.py": bundlePart("example.py"),
    "example.mjs": bundlePart("example.mjs"),
    "example.html": examplePage({ external: written.includes(DATA_FILE) }),
  };
  for (const [name, text] of Object.entries(parts)) write(name, text);
  const checks = await checkParity(folder, run, { inputs, python });
  const [[logits] = []] = await ownLogits(run, [[request]]);
  const scores = request.candidates.map((item, n) => ({ item, probability: 1 / (1 + Math.exp(-logits![n]!)) }));
  scores.sort((a, b) => b.probability - a.probability);
  write("README.md", bundleReadme({ run, inputs, outputs, scores, parts, files: written }));
  const files = Object.fromEntries(written.map((name) => [name, entryOfFile(join(folder, name))]));
  const { model, created, state, dataset, itemsAdded, parameters } = of;
  const manifest: BundleManifest = {
    format: BUNDLE_FORMAT,
    version: BUNDLE_VERSION,
    created: new Date().toISOString(),
    versions,
    run: {
      model,
      created,
      versions: of.versions,
      state,
      dataset: { name: dataset.name, hash: dataset.hash },
      itemsAdded,
      parameters,
      calibration: run.calibration.kind,
    },
    inputs,
    outputs,
    items: catalogue.items.count - 1,
    users: catalogue.users.count - 1,
    checks,
    files,
  };
  writeJsonAtomic(join(folder, BUNDLE_MANIFEST), manifest);
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  return { model, bytes, files, inputs, outputs, checks };
}

/** A browser has to be told of the file beside the model. */
function examplePage({ external }: { external: boolean }): string {
  const page = bundlePart("example.html");
  if (!external) return page;
  const files = `{ externalData: [{ path: "${DATA_FILE}", data: "${DATA_FILE}" }] }`;
  return page.replace('create("model.onnx")', `create("model.onnx", ${files})`);
}
