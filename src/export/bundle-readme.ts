import type { StatisticSchema } from "../data/columns.js";
import type { OpenedRun } from "../training/run-folder.js";
import type { BundleInput } from "./bundle-feeds.js";
import { describeInput, describeOutput } from "./describe-values.js";
import type { BundleOutput } from "./export-graph.js";
import { averagedBy } from "./statistic-nodes.js";
import { DATA_FILE } from "./write-model.js";

export interface ReadmeOptions {
  run: OpenedRun;
  inputs: readonly BundleInput[];
  outputs: readonly BundleOutput[];
  /** What the run says of request.json, best first. */
  scores: readonly { item: string; probability: number }[];
  /** The texts of the examples. */
  parts: Readonly<Record<"example.py" | "example.mjs" | "example.html", string>>;
  /** Names of all files of the bundle before this one. */
  files: readonly string[];
}

/** README.md of a bundle: what goes in, what comes out, what the numbers mean, and how to ask it. */
export function bundleReadme({ run, inputs, outputs, scores, parts, files }: ReadmeOptions): string {
  const { manifest, catalogue } = run;
  const external = files.includes(DATA_FILE);
  return `# ${manifest.model} on ${manifest.dataset.name}

How likely does a person want each of these items now? \`model.onnx\` answers, in any ONNX Runtime (opset 18, ops of the standard alone);
mmdin is not needed. It was exported from a run of ${manifest.created.slice(0, 10)} with ${catalogue.items.count - 1} items. What
each item is made of, the counters of the items, the people and the calibration are inside: the caller gives indices.

| file | what |
|---|---|
| \`model.onnx\`${external ? `, \`${DATA_FILE}\`` : ""} | the model${external ? "; the second file holds its large tensors and has to lie beside it" : ""} |
| \`vocabulary.json\` | \`items\` and \`users\`: ids in the order of their indices, index 0 is the unknown one; \`history\` and \`context\`: values of category features, the first one is code 2 |
| \`encoding.json\` | the inputs, and what else a request needs to become them |
| \`request.mjs\`, \`request.py\` | do that: \`new RequestEncoder(encoding, vocabulary).feeds(request)\`, of one request or a list of them |
| \`request.json\` | a request, \`example.py\`, \`example.mjs\` and \`example.html\` score it |
| \`manifest.json\` | versions, the run, sha256 of every file, and what was checked |

## Inputs

Letters: **B** people, **T** history steps (at least 1), **N** candidates; each may differ from call to call. For B = 1 the history is read
once for all candidates: ask for one person with many candidates, rather than many times for one.

| name | type | shape | what |
|---|---|---|---|
${inputs.map((input) => `| \`${input.name}\` | ${input.type} | [${input.shape.join(", ")}] | ${describeInput(input, catalogue)} |`).join("\n")}

## Outputs

Ask for those you need. \`attention\` and \`gates\` cost next to nothing to compute, but memory to hand over.

| name | type | shape | what |
|---|---|---|---|
${outputs.map((output) => `| \`${output.name}\` | ${output.type} | [${output.shape.join(", ")}] | ${describeOutput(output, run)} |`).join("\n")}

## From a request to the inputs

\`request.mjs\` and \`request.py\` do this; whoever writes it anew, in this order:

1. Ids are text. An id that \`vocabulary.json\` does not have is index 0: of that item, or person, nothing is known.
${historyRules(run, inputs)}
${statisticsText(run, inputs)}
## Scored here

\`request.json\` gives, best first, and so do the three examples:

\`\`\`text
${scores.map(({ item, probability }) => `${item} ${probability.toFixed(4)}`).join("\n")}
\`\`\`

Python, with onnxruntime and numpy:

\`\`\`python
${parts["example.py"].trim()}
\`\`\`

Node, with onnxruntime-node:

\`\`\`js
${parts["example.mjs"].trim()}
\`\`\`

The browser, with onnxruntime-web:

\`\`\`html
${parts["example.html"].trim()}
\`\`\`
`;
}

const holds = (inputs: readonly BundleInput[], what: BundleInput["holds"]): boolean =>
  inputs.some((input) => input.holds === what);

function historyRules({ catalogue, model }: OpenedRun, inputs: readonly BundleInput[]): string {
  const { history, lastTime } = catalogue;
  const unit = history.clock === "time" ? "seconds since 1970 (UTC)" : "positions";
  const rules: string[] = [];
  if (holds(inputs, "history")) {
    rules.push(
      `Times are ${unit}. The moment of asking is the request's \`time\`; where it has none, 1 after the latest of its steps and of ${lastTime}, the run's last event.`,
      "If every step has a time, steps are put in the order of (time, item id), oldest first; else they stay as they were given. Steps at or after the moment of asking are dropped.",
      ...(model.history === "positives"
        ? ["Steps whose label is 0 are dropped; a step without a label counts as liked."]
        : []),
      `The last ${history.length} steps are kept: training has seen no more. Shorter histories are filled up with -1; an empty history is [-1].`,
    );
  }
  rules.push(
    "A category is code 0 where it is missing (null, absent, empty text), 1 where its value is not in `vocabulary.json`, else 2 + its place there. A number is given as it is, NaN where it is missing: the model normalises it.",
  );
  return rules.map((rule, i) => `${i + 2}. ${rule}`).join("\n");
}

function statisticsText({ catalogue }: OpenedRun, inputs: readonly BundleInput[]): string {
  if (!holds(inputs, "userCounters") && !holds(inputs, "itemCounters")) return "";
  const { user, item, prior } = catalogue.statistics;
  const implicit = catalogue.label === "implicit";
  const lines = (of: string, schemas: readonly StatisticSchema[]): string[] =>
    schemas.map(
      ({ name, kind, priorMean, mean, std }) =>
        `| ${of} | ${name} | ${FORMULA[kind]} | ${kind === "count" ? "-" : priorMean} | ${mean} | ${std} |`,
    );
  const columns = (schemas: readonly StatisticSchema[]): string =>
    ["count", "positives", ...averagedBy(schemas).flatMap((name) => [`number of ${name}`, `sum of ${name}`])].join(
      ", ",
    );
  return `
## Statistics

The model makes them of counters, so that a caller has only to count events strictly before the moment of asking:

${holds(inputs, "userCounters") ? `- \`user_counters\` [${columns(user)}]: over the person's history${implicit ? "" : ", steps with a label alone"}, all of it, not only the steps that are read. Zeros where nothing is known.\n` : ""}${holds(inputs, "itemCounters") ? `- \`item_counters\` [${columns(item)}]: of each candidate. A negative count stands for the counters in the model, those after the last event of the run's log; an item that is new has zeros.\n` : ""}
Each value v below becomes (v - mean) / std. prior = ${prior}; m is the mean that small counts are drawn to.

| of | statistic | v | m | mean | std |
|---|---|---|---|---|---|
${[...lines("person", user), ...lines("item", item)].join("\n")}
`;
}

const FORMULA: Record<StatisticSchema["kind"], string> = {
  count: "log(1 + count)",
  rate: "logit of (positives + prior m) / (count + prior), kept 1e-6 from 0 and 1",
  mean: "(sum + prior m) / (number + prior) - m",
};
