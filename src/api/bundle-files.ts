/** The files of an exported bundle that a server hands out: what a browser needs to run the model itself. */
export const BUNDLE_FILES = [
  "manifest.json",
  "model.onnx",
  "model.onnx.data",
  "encoding.json",
  "vocabulary.json",
  "request.mjs",
] as const;
export type BundleFile = (typeof BUNDLE_FILES)[number];
