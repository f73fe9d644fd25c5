import { expect, test } from "vitest";
import { renderExport } from "./export.js";

test("the summary names the values of the model, and what was compared or skipped", () => {
  const text = renderExport({
    out: "bundles/first",
    model: "mmdin",
    bytes: 1_718_439,
    files: { "model.onnx": { bytes: 1_677_561, sha256: "" }, "README.md": { bytes: 8041, sha256: "" } },
    inputs: [{ name: "candidates", type: "int32", shape: ["B", "N"], holds: "candidates" }],
    outputs: [{ name: "probability", type: "float32", shape: ["B", "N"] }],
    checks: [
      {
        runtime: "onnxruntime-node 1.30.0",
        requests: 111,
        candidates: 548,
        largest: { probability: 1.78e-7, logit: 0 },
      },
      { runtime: "onnxruntime in Python", skipped: "no numpy", requests: 0, candidates: 0, largest: null },
    ],
  });
  expect(text).toBe(`mmdin: 3 files, 1.7 MB: bundles/first

     name         type     shape
in   candidates   int32    [B, N]
out  probability  float32  [B, N]

compared with the run in onnxruntime-node 1.30.0: 548 candidates of 111 requests, probabilities differ by at most 1.8e-7
not compared in onnxruntime in Python: no numpy`);
});
