import type { ExportRunSummary, ParityResult } from "../export/index.js";
import { wholeNumber } from "./arguments.js";
import { defineCliCommand } from "./command.js";
import { plural, size } from "./format.js";
import { printJson, printResult } from "./output.js";
import { renderTable } from "./table.js";

export const exportCommand = defineCliCommand({
  name: "export",
  description: "Write a run as one ONNX model that Python, Node and browsers run without mmdin",
  args: {
    run: { type: "string", required: true, valueHint: "RUN", description: "Folder that `mmdin train` wrote" },
    out: {
      type: "string",
      required: true,
      valueHint: "DIR",
      description: "Folder to write; a bundle that is there is replaced once the new one is complete",
    },
    "external-above": {
      type: "string",
      valueHint: "BYTES",
      description: "Tensors of more bytes go to model.onnx.data beside the model (default 1500000000)",
    },
    python: {
      type: "string",
      valueHint: "PROGRAM",
      description: "Python that the check asks, where it has onnxruntime and numpy (default python3)",
    },
    json: { type: "boolean", description: "Print files, inputs, outputs and what was checked as JSON" },
  },
  examples: ["mmdin export --run runs/first --out bundles/first"],
  async run({ args }) {
    const externalAbove = wholeNumber(args["external-above"], { option: "--external-above" });
    const { exportRun } = await import("../export/index.js");
    const { run, out, python } = args;
    const summary = await exportRun({ run, out, externalAbove, python });
    if (args.json) printJson(summary);
    else printResult(renderExport(summary));
    return undefined;
  },
});

/** What was written, and where it was compared with the run. */
export function renderExport({ out, model, bytes, files, inputs, outputs, checks }: ExportRunSummary): string {
  const shapes = [...inputs, ...outputs].map(({ name, type, shape }, i) => [
    i < inputs.length ? "in" : "out",
    name,
    type,
    `[${shape.join(", ")}]`,
  ]);
  return [
    `${model}: ${plural(Object.keys(files).length + 1, "file")}, ${size(bytes)}: ${out}`,
    "",
    renderTable(["", "name", "type", "shape"], shapes),
    "",
    ...checks.map(renderCheck),
  ].join("\n");
}

function renderCheck({ runtime, skipped, requests, candidates, largest }: ParityResult): string {
  if (largest === null) return `not compared in ${runtime}: ${skipped}`;
  const difference = largest.probability.toExponential(1);
  return `compared with the run in ${runtime}: ${plural(candidates, "candidate")} of ${plural(requests, "request")}, probabilities differ by at most ${difference}`;
}
