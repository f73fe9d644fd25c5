import { type EmittedGraph, emitGraph, type Tensor, topological } from "../graph/index.js";
import { checkNames } from "../graph/onnx/emit.js";

/** One part of a graph that runs in one session. */
export interface StageGraph {
  graph: EmittedGraph;
  /** A stage of scatter-adds runs on one thread: with more, ONNX Runtime loses updates where indices repeat. */
  singleThread: boolean;
}

/** A graph that runs in one session, scatter-adds and all. */
export function wholeGraph(outputs: Readonly<Record<string, Tensor>>): StageGraph {
  return { graph: emitGraph(outputs), singleThread: true };
}

/**
 * Cuts a graph at its scatter-adds. Stages 0, 2, 4 ... hold everything else, stages 1, 3, 5 ... the scatter-adds; a
 * tensor that a later stage needs is an output of its own stage and an input (`cut:N`) of the later one.
 */
export function cutIntoStages(outputs: Readonly<Record<string, Tensor>>): StageGraph[] {
  const order = topological(Object.values(outputs));
  checkNames(order, outputs);
  const level = new Map<Tensor, number>();
  const users = new Map<Tensor, number>(); // the last stage that reads a tensor
  for (const tensor of order) {
    const own = stageOf(tensor, level);
    level.set(tensor, own);
    for (const input of tensor.inputs) users.set(input, Math.max(users.get(input) ?? 0, own));
  }
  const cut = new Map<Tensor, string>();
  for (const tensor of order) {
    const fed = tensor.op === "input" || tensor.op === "constant";
    if (!fed && users.get(tensor)! > level.get(tensor)!) cut.set(tensor, `cut:${cut.size}`);
  }
  const stages: StageGraph[] = [];
  const last = Math.max(0, ...level.values());
  for (let stage = 0; stage <= last; stage++) {
    const own: Record<string, Tensor> = {};
    for (const [name, tensor] of Object.entries(outputs)) if (level.get(tensor) === stage) own[name] = tensor;
    for (const [tensor, name] of cut) if (level.get(tensor) === stage) own[name] = tensor;
    if (Object.keys(own).length === 0) continue;
    const earlier = new Map([...cut].filter(([tensor]) => level.get(tensor)! < stage));
    stages.push({ graph: emitGraph(own, { cut: earlier }), singleThread: stage % 2 === 1 });
  }
  return stages;
}

function stageOf(tensor: Tensor, level: ReadonlyMap<Tensor, number>): number {
  const after = Math.max(0, ...tensor.inputs.map((input) => level.get(input)!));
  const wantsOdd = tensor.op === "scatterAdd";
  return after % 2 === (wantsOdd ? 1 : 0) ? after : after + 1;
}
