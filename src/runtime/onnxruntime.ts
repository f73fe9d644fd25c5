import { createRequire } from "node:module";
import type * as OnnxRuntime from "onnxruntime-node";
import { MmdinError } from "../errors.js";
import { withoutTelemetry } from "./without-telemetry.js";

export type { OnnxRuntime };

/** What to do where the package is not there: its install script wants to download GPU libraries, and failed. */
const SKIP_THE_DOWNLOAD =
  "Its install script downloads GPU libraries, and where that fails npm leaves the whole package out. " +
  "Put the line `onnxruntime-node-install=skip` into the .npmrc beside your package.json " +
  "(or set the variable ONNXRUNTIME_NODE_INSTALL=skip), then delete node_modules and package-lock.json and run npm install again; " +
  "the CPU needs no download";

let loaded: typeof OnnxRuntime | undefined;

/**
 * The onnxruntime-node module. This is the only place that imports it, so that a missing or broken installation ends in
 * one message that says what to set. Types come from `import type { OnnxRuntime }`: `OnnxRuntime.Tensor`.
 *
 * @throws MmdinError RUNTIME where the package is not installed, or its native library does not load.
 * @example
 * const ort = onnxRuntime();
 * const session = await ort.InferenceSession.create(bytes);
 */
export function onnxRuntime(): typeof OnnxRuntime {
  loaded ??= loadOnnxRuntime(import.meta.url);
  return loaded;
}

/** As `onnxRuntime`, resolved from the file or folder `from` and not remembered. */
export function loadOnnxRuntime(from: string | URL): typeof OnnxRuntime {
  const require = createRequire(from);
  withoutTelemetry();
  try {
    require.resolve("onnxruntime-node");
  } catch (cause) {
    throw new MmdinError("RUNTIME", "the package is not installed", {
      where: "onnxruntime-node",
      fix: SKIP_THE_DOWNLOAD,
      cause,
    });
  }
  try {
    return require("onnxruntime-node");
  } catch (cause) {
    const platform = `${process.platform} ${process.arch}`;
    const libraryMissing = code(cause) === "MODULE_NOT_FOUND" && firstLine(cause).includes(".node");
    throw new MmdinError("RUNTIME", "its native library does not load", {
      where: "onnxruntime-node",
      expected: `a library for ${platform}`,
      got: libraryMissing ? "none in the package" : firstLine(cause),
      fix: libraryMissing
        ? `Where the package offers ${platform}, its installation was cut off. ${SKIP_THE_DOWNLOAD}`
        : SKIP_THE_DOWNLOAD,
      cause,
    });
  }
}

function code(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

function firstLine(cause: unknown): string {
  return String(cause instanceof Error ? cause.message : cause).split("\n")[0] ?? "";
}
