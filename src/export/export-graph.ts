import { MmdinError } from "../errors.js";
import { emitNodes, substitute, type Tensor } from "../graph/index.js";
import type { OnnxGraph, OnnxNode, OnnxValue } from "../graph/onnx/model-proto.js";
import { Builder, PARAMETER, STATE } from "../nn/builder.js";
import { calibrated } from "../nn/calibrated.js";
import { planOf } from "../training/item-tensors.js";
import { computeKnown } from "../training/known-tensors.js";
import { keptShift } from "../training/run-calibration.js";
import type { OpenedRun } from "../training/run-folder.js";
import type { BundleInput } from "./bundle-feeds.js";
import { Initializers, NodeWriter } from "./onnx-nodes.js";
import { RequestNodes } from "./request-nodes.js";

/** A value that model.onnx gives. Letters as in BundleInput; H attention heads, M modalities. */
export interface BundleOutput {
  name: "probability" | "logit" | "attention" | "gates";
  type: "float32";
  shape: readonly (string | number)[];
  /** Names along the last axis: of the attention heads, or of the modalities. */
  names?: readonly string[];
}

export interface ExportGraph {
  graph: OnnxGraph;
  inputs: readonly BundleInput[];
  outputs: readonly BundleOutput[];
}

const ORDER: readonly BundleInput["holds"][] = [
  "candidates",
  "history",
  "historyTime",
  "time",
  "historyFeature",
  "user",
  "contextFeature",
  "userCounters",
  "itemCounters",
];

/**
 * The model of a run as one ONNX graph from indices and raw values to probabilities: the forward that was trained, its calibration, and
 * in front of them what turns a request into a batch. What depends on items alone is computed here, once, as a server does when it
 * starts: the model holds the encoded items, not what they were made of.
 *
 * Where a history can be shared (`sharesHistory`), the graph has two branches: one person, whose history is read once for all
 * candidates, and several, whose rows each have their own.
 */
export async function exportGraph(run: OpenedRun, { threads = 1 }: { threads?: number } = {}): Promise<ExportGraph> {
  const initializers = new Initializers();
  const main = new NodeWriter(initializers);
  const branches = [await writeBranch(run, { initializers, history: "own", threads })];
  if (run.model.sharesHistory) branches.push(await writeBranch(run, { initializers, history: "one", threads }));
  const [own, one] = branches as [Branch, Branch | undefined];
  const { outputs } = own;
  const inputs = ORDER.flatMap((holds) => [...own.inputs.values()].filter((input) => input.holds === holds));
  if (one === undefined) {
    main.nodes.push(...own.nodes);
    own.values.forEach((value, i) => void main.node("Identity", [value], { output: outputs[i]!.name }));
  } else {
    const onePerson = main.node("Equal", [main.sizeOf("candidates", 0), main.int64([1])]);
    const attributes = { then_branch: { graph: asGraph(one) }, else_branch: { graph: asGraph(own) } };
    main.nodes.push({
      opType: "If",
      inputs: [onePerson],
      outputs: outputs.map(({ name }) => name),
      attributes,
    });
  }
  const probability: BundleOutput = { name: "probability", type: "float32", shape: ["B", "N"] };
  main.node("Sigmoid", ["logit"], { output: probability.name });
  const all = [probability, ...outputs];
  const value = ({ name, shape, type }: BundleInput | BundleOutput): OnnxValue => ({ name, shape, dtype: type });
  const graph: OnnxGraph = {
    nodes: main.nodes,
    inputs: inputs.map(value),
    outputs: all.map(value),
    initializers: initializers.tensors,
  };
  return { graph, inputs, outputs: all };
}

interface Branch {
  nodes: OnnxNode[];
  inputs: ReadonlyMap<string, BundleInput>;
  outputs: BundleOutput[];
  /** The name of each output's value inside the branch. */
  values: string[];
}

interface BranchOptions {
  initializers: Initializers;
  history: "own" | "one";
  threads: number;
}

async function writeBranch(
  { model, catalogue, weights: weightsOf, calibration }: OpenedRun,
  { initializers, history, threads }: BranchOptions,
): Promise<Branch> {
  const builder = new Builder({ training: false, history });
  const { logits: raw, attention, gates } = model.forward(builder, { catalogue });
  const weights = weightsOf(builder);
  const tensors: Record<string, Tensor> = {
    logit: calibrated(raw, calibration, { shift: keptShift(catalogue, { split: "request" }) }),
    ...(attention && { attention: attention.weights }),
    ...(gates && { gates: gates.values }),
  };
  const from = { builder, weights, catalogue, threads };
  const known = await computeKnown(Object.values(tensors), { ...from, narrow: true, weightsAs: "fed" });
  const ofItems = known.items.values;
  await known.items.close();
  const forward = emitNodes(substitute(tensors, known.others), { standard: true });
  const names = new Set(forward.inputs.map(({ name }) => name));
  const plan = planOf(builder.plan, names);
  const write = new NodeWriter(initializers, { prefix: `${history}/` });
  const readsHistory = plan.inputs.some(({ from }) => from === "history");
  const request = new RequestNodes(write, { catalogue, history, readsHistory });

  const values = new Map<string, string>();
  for (const name of names) {
    const weight = [PARAMETER, STATE].find((prefix) => name.startsWith(prefix));
    if (weight !== undefined) {
      const own = name.slice(weight.length);
      const { shape } = weights.specs.find((spec) => spec.name === own)!;
      values.set(name, initializers.add(`weight/${own}`, weights.get(own), shape));
    }
    const value = ofItems[name] ?? known.ofWeights[name];
    if (value === undefined) continue;
    const table = initializers.add(name.replace("known:", "computed/"), value.data as Float32Array, value.dims);
    values.set(name, name in ofItems ? write.gather(table, request.items) : table);
  }
  for (const table of plan.tables) {
    const { table: name } = builder.tableUses.get(table.name)!;
    const { shape } = weights.specs.find((spec) => spec.name === name)!;
    values.set(table.name, request.rows(table, initializers.add(`weight/${name}`, weights.get(name), shape)));
  }
  for (const input of plan.inputs) values.set(input.name, request.input(input));

  const unfed = [...names].find((name) => !values.has(name));
  if (unfed !== undefined)
    throw new MmdinError("MODEL", "an input of the forward that nothing feeds", { where: unfed });
  const rename = (name: string): string => {
    const found = values.get(name);
    if (found !== undefined) return found;
    const own = `${write.prefix}${name}`;
    values.set(name, own);
    return own;
  };
  for (const { name, data, dims } of forward.initializers)
    values.set(name, initializers.add(`constant/${name}`, data, dims));
  for (const node of forward.nodes) {
    write.nodes.push({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) });
  }
  const named: Record<string, readonly string[]> = {
    ...(attention && { attention: attention.heads }),
    ...(gates && { gates: gates.modalities }),
  };
  const outputs = forward.outputs.map(({ name }): BundleOutput => {
    const rest = tensors[name]!.shape.slice(name === "logit" ? 2 : 1);
    const names = named[name];
    const shape = ["B", "N", ...rest];
    return { name: name as BundleOutput["name"], type: "float32", shape, ...(names && { names }) };
  });
  return {
    nodes: write.nodes,
    inputs: request.inputs,
    outputs,
    values: forward.outputs.map(({ name }) => {
      const value = rename(name);
      return request.byPerson(name === "logit" ? write.reshape(value, [-1]) : value);
    }),
  };
}

/** A branch as the graph of an `If`: no inputs of its own, its outputs in the order of the node's. */
function asGraph({ nodes, outputs, values }: Branch): OnnxGraph {
  const named = outputs.map(({ shape }, i): OnnxValue => ({ name: values[i]!, shape, dtype: "float32" }));
  return { nodes, inputs: [], outputs: named, initializers: [] };
}
