import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadOnnxRuntime, onnxRuntime } from "./onnxruntime.js";

const installed = dirname(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mmdin-ort-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder whose node_modules holds the real package without its native library. */
function packageWithoutLibrary(name: string): string {
  const target = join(folder, name, "node_modules", "onnxruntime-node");
  for (const part of ["package.json", "dist"])
    cpSync(join(installed, part), join(target, part), { recursive: true, filter: (path) => !path.endsWith(".map") });
  const common = dirname(createRequire(join(installed, "package.json")).resolve("onnxruntime-common"));
  cpSync(join(common, "..", ".."), join(folder, name, "node_modules", "onnxruntime-common"), { recursive: true });
  return join(folder, name, "app.js");
}

test("the module offers sessions and tensors, and is loaded once", () => {
  expect(new (onnxRuntime().Tensor)("float32", [1, 2, 3], [3]).size).toBe(3);
  expect(onnxRuntime()).toBe(onnxRuntime());
});

test("a package that vanished ends in one message that names the line for .npmrc", () => {
  mkdirSync(join(folder, "empty"));
  expect(() => loadOnnxRuntime(join(folder, "empty", "app.js"))).toThrow(
    /^onnxruntime-node: the package is not installed\. .*`onnxruntime-node-install=skip` into the \.npmrc/,
  );
});

test("a package without its native library says for which platform it is missing", () => {
  expect(() => loadOnnxRuntime(packageWithoutLibrary("bare"))).toThrow(
    `expected a library for ${process.platform} ${process.arch}, got none in the package`,
  );
});

test("a damaged native library is named with the loader's own words", () => {
  const from = packageWithoutLibrary("damaged");
  const libraries = join(dirname(from), "node_modules/onnxruntime-node/bin/napi-v6", process.platform, process.arch);
  mkdirSync(libraries, { recursive: true });
  writeFileSync(join(libraries, "onnxruntime_binding.node"), "not a library");
  expect(() => loadOnnxRuntime(from)).toThrow(
    /its native library does not load: expected .*, got .*onnxruntime_binding/,
  );
});
