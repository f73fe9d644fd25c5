import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emitGraph, type Tensor } from "../../src/graph/index.js";
import { findModel } from "../../src/models/registry.js";
import { Builder } from "../../src/nn/builder.js";
import { cutIntoStages } from "../../src/runtime/stages.js";
import { gradientGraph } from "../../src/training/gradient-graph.js";
import { smallCatalogue } from "../nn/catalogue.js";

const python = spawnSync("python3", ["-c", "import onnx"], { encoding: "utf8" });
const reason = python.error?.message ?? python.stderr.trim().split("\n").at(-1);
if (python.status !== 0) console.log(`skipped: ONNX's own checker needs python3 with onnx (${reason})`);

const MODELS: [name: string, options: object][] = [
  ["din", {}],
  ["din", { statistics: true, behaviour: true, age: true, attention: { weights: "softmax", activation: "dice" } }],
  ["mmdin", {}],
  [
    "mmdin",
    {
      tiers: { bins: 4 },
      cross: { rank: 4 },
      heads: { cross: [["plot", "genres"]] },
      attention: { weights: "softmax" },
    },
  ],
];

/** Shapes are inferred and held against those we wrote, where no node is of ONNX Runtime's own domain. */
const SCRIPT = `
import sys, onnx
for path in sys.argv[1:]:
    model = onnx.load(path)
    standard = all(node.domain == "" for node in model.graph.node)
    onnx.checker.check_model(model, full_check=standard)
    assert [(o.domain, o.version) for o in model.opset_import][0] == ("", 18)
print(len(sys.argv) - 1, "models")
`;

test.skipIf(python.status !== 0)(
  "ONNX's own checker accepts the forward graph and every stage of the training graph of din and mmdin",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "mmdin-onnx-"));
    try {
      const files: string[] = [];
      const write = (bytes: Uint8Array): void => {
        const path = join(folder, `${files.length}.onnx`);
        writeFileSync(path, bytes);
        files.push(path);
      };
      for (const [name, options] of MODELS) {
        const model = findModel(name).configure(options);
        const builder = new Builder({ training: false });
        const { logits, attention, gates } = model.forward(builder, { catalogue: smallCatalogue });
        const outputs: Record<string, Tensor> = { logits };
        if (attention) outputs.attention = attention.weights;
        if (gates) outputs.gates = gates.values;
        write(emitGraph(outputs).bytes);
        for (const { graph } of cutIntoStages(gradientGraph(model, smallCatalogue).outputs)) write(graph.bytes);
      }
      const checked = spawnSync("python3", ["-c", SCRIPT, ...files], { encoding: "utf8" });
      expect(checked.stderr).toBe("");
      expect(checked.stdout.trim()).toBe(`${files.length} models`);
      expect(files.length).toBeGreaterThanOrEqual(4 * 4);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
