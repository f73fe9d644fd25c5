// What a visitor loads of the built app: bytes after gzip, by page; fails the build where a page grows over its limit.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** Of everything a page loads but ONNX Runtime, which only the switch "in this browser" asks for. */
const LIMIT_KB = 250;

/** One line a page; throws where one is too heavy. `folder`: the built app, with Vite's manifest in it. */
export function appSizes(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, ".vite", "manifest.json"), "utf8"));
  const weigh = (file) => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length / 1000;
  const entry = Object.keys(manifest).find((name) => manifest[name].isEntry);
  const pages = manifest[entry].dynamicImports ?? [];
  const lines = [];
  for (const page of pages.filter((name) => name.endsWith("-page.tsx"))) {
    const files = new Set();
    const late = lateParts(manifest, page).filter((name) => !/onnxruntime|run-bundle/.test(name));
    for (const part of [entry, page, ...late]) collect(manifest, part, files);
    const kb = [...files].reduce((sum, file) => sum + weigh(file), 0);
    const name = page.replace(/^.*\/|-page\.tsx$/g, "");
    lines.push(`app: ${name.padEnd(14)} ${kb.toFixed(0).padStart(4)} kB gzip`);
    if (kb > LIMIT_KB) throw new Error(`the page ${name} weighs ${kb.toFixed(0)} kB gzip; the limit is ${LIMIT_KB}`);
  }
  const wasm = readdirSync(join(folder, "assets")).filter((file) => file.endsWith(".wasm"));
  for (const file of wasm)
    lines.push(`app: ONNX Runtime  ${weigh(`assets/${file}`).toFixed(0)} kB gzip, loaded by the switch alone`);
  return lines;
}

/** A part with all that it imports at once, styles too. */
function collect(manifest, name, files) {
  const { file, imports = [], css = [] } = manifest[name];
  if (files.has(file)) return;
  for (const path of [file, ...css]) files.add(path);
  for (const other of imports) collect(manifest, other, files);
}

/** Parts that a page, or a part it imports, loads when they are needed. */
function lateParts(manifest, name, seen = new Set()) {
  if (seen.has(name) || manifest[name].isEntry) return [];
  seen.add(name);
  const { imports = [], dynamicImports = [] } = manifest[name];
  return [...dynamicImports, ...imports.flatMap((other) => lateParts(manifest, other, seen))];
}
