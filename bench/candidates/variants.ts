import { BatchAssembler } from "../../src/data/batch.js";
import type { Catalogue } from "../../src/data/index.js";
import { hasModality } from "../../src/data/index.js";
import { trainingEntries } from "../../src/data/training-entries.js";
import { add, exp, input, log, matmul, mul, relu } from "../../src/graph/index.js";
import { eachItemsNeighbours } from "../../src/models/item-neighbours.js";
import { Builder, type ModalityRange } from "../../src/nn/builder.js";
import { Executor } from "../../src/runtime/executor.js";
import { weighHistory } from "../../src/serving/candidates/history-weights.js";
import { topItems } from "../../src/serving/candidates/top-items.js";
import { unitBlocks } from "../../src/serving/candidates/unit-blocks.js";
import { FeedMaker } from "../../src/training/feeds.js";
import { everyItem, planOf } from "../../src/training/item-tensors.js";
import type { OpenedRun } from "../../src/training/run-folder.js";
import type { Known, Question } from "./questions.js";
import { measureSource } from "./recall.js";

/** What the sources were chosen among. */
export async function measureVariants(
  questions: readonly Question[],
  { known, run }: { known: Known; run: OpenedRun },
): Promise<void> {
  await measureVectors(questions, { catalogue: known.catalogue, run });
  await measurePopularity(questions, known);
  await measureCoVisits(questions, known);
}

/** One modality of all items, [items, width]; zeros where it is missing. */
interface Block {
  name: string;
  width: number;
  values: Float32Array;
}

async function measureVectors(
  questions: readonly Question[],
  { catalogue, run }: { catalogue: Catalogue; run: OpenedRun },
): Promise<void> {
  const kindOf = (name: string): string => catalogue.modalities.find((column) => column.name === name)?.kind ?? "id";
  const model = await encodedBlocks(catalogue, run);
  const frozen = frozenBlocks(catalogue);
  const sets: Record<string, Block[]> = {
    "frozen vectors": frozen,
    "the model's encoding": model,
    "the model's, without numbers": model.filter(({ name }) => kindOf(name) !== "number"),
    "the model's ids and categories": model.filter(({ name }) => ["id", "category"].includes(kindOf(name))),
    "the model's encoding and frozen vectors": [...model, ...frozen],
  };
  for (const [name, blocks] of Object.entries(sets)) {
    if (blocks.length > 0) await measurePooling(`${name}, mean`, questions, { blocks, catalogue, decay: 0.97 });
  }
  const blocks = frozen.length > 0 ? frozen : model;
  const which = frozen.length > 0 ? "frozen vectors" : "the model's encoding";
  for (const decay of [1, 0.9]) {
    await measurePooling(`${which}, mean, decay ${decay}`, questions, { blocks, catalogue, decay });
  }
  await measurePooling(`${which}, mean, label 0 counts -.3`, questions, {
    blocks,
    catalogue,
    decay: 0.97,
    negative: -0.3,
  });
  for (const power of [3, 8]) {
    const options = { blocks, catalogue, decay: 0.97, power };
    await measurePooling(`${which}, an interest a step: sum of cos^${power}`, questions, options);
  }
}

interface Pooling {
  blocks: readonly Block[];
  catalogue: Catalogue;
  decay: number;
  /** Weight of steps of label 0; default 0. */
  negative?: number;
  /** Each step an interest of its own, whose positive cosines are raised to this power; default 1, one vector for all. */
  power?: number;
}

async function measurePooling(
  name: string,
  questions: readonly Question[],
  { blocks, catalogue, decay, negative = 0, power = 1 }: Pooling,
): Promise<void> {
  const { count: items, trained } = catalogue.items;
  const { vectors, dimension } = stacked(blocks, items);
  const steps = input("steps", ["T", dimension]);
  const cosines = relu(matmul(steps, input("items", ["U", dimension]), { transposeB: true }));
  const weights = input("weights", [1, "T"]);
  const executor = await Executor.create({
    one: matmul(matmul(weights, steps), input("items", ["U", dimension]), { transposeB: true }),
  });
  const kernel = await Executor.create({ one: matmul(weights, exp(mul(log(add(cosines, 1e-6)), power))) });
  await measureSource(name, questions, {
    trained,
    async find({ history, seen }, count) {
      // The last 50, which is what the interests of single steps can be held against.
      const chosen = [...history.items.keys()].slice(-50).filter((t) => negative !== 0 || history.labels[t] !== 0);
      if (chosen.length === 0) return [];
      const weight = (t: number): number =>
        (history.labels[t] === 0 ? negative : 1) * decay ** (history.items.length - 1 - t);
      const rows = new Float32Array(chosen.length * dimension);
      chosen.forEach((t, k) => {
        rows.set(vectors.subarray(history.items[t]! * dimension).subarray(0, dimension), k * dimension);
      });
      const { one } = await (power === 1 ? executor : kernel).run({
        steps: { data: rows, dims: [chosen.length, dimension] },
        weights: { data: Float32Array.from(chosen, weight), dims: [1, chosen.length] },
        items: { data: vectors, dims: [items, dimension] },
      });
      return topItems(one!.data as Float32Array, { count, above: 0, allows: (item) => !seen.has(item) });
    },
  });
  await Promise.all([executor.close(), kernel.close()]);
}

function stacked(blocks: readonly Block[], items: number): { vectors: Float32Array; dimension: number } {
  const dimension = blocks.reduce((sum, { width }) => sum + width, 0);
  const vectors = new Float32Array(items * dimension);
  const ranges: ModalityRange[] = [];
  let start = 0;
  for (const { name, width, values } of blocks) {
    for (let item = 0; item < items; item++) {
      vectors.set(values.subarray(item * width, (item + 1) * width), item * dimension + start);
    }
    ranges.push({ name, start, end: start + width });
    start += width;
  }
  return { vectors: unitBlocks(vectors, { dimension, blocks: ranges }), dimension };
}

function frozenBlocks(catalogue: Catalogue): Block[] {
  return catalogue.modalities.flatMap((column) => {
    if (column.kind !== "vector") return [];
    const { name, dimension: width, row } = column;
    const values = new Float32Array(catalogue.items.count * width);
    row.forEach((from, item) => {
      if (from >= 0) values.set(column.values.subarray(from * width, (from + 1) * width), item * width);
    });
    return [{ name, width, values }];
  });
}

async function encodedBlocks(catalogue: Catalogue, run: OpenedRun): Promise<Block[]> {
  const builder = new Builder({ training: false });
  run.model.forward(builder, { catalogue });
  if (builder.itemEncoding === null) return [];
  const { joined, ranges } = builder.itemEncoding;
  const executor = await Executor.create({ joined });
  const feeds = new FeedMaker(builder, run.weights(builder), { of: executor.names });
  const assembler = new BatchAssembler(everyItem(catalogue), planOf(builder.plan, executor.names));
  const blocks = ranges.map(({ name, start, end }) => {
    return { name, width: end - start, start, values: new Float32Array(catalogue.items.count * (end - start)) };
  });
  const total = Number(joined.shape[1]);
  for (let first = 0; first < catalogue.items.count; first += 1024) {
    const size = Math.min(1024, catalogue.items.count - first);
    const rows = Int32Array.from({ length: size }, (_, k) => first + k);
    const out = (await executor.run(feeds.feeds(assembler.assemble(rows)))).joined!.data as Float32Array;
    for (const { name, width, start, values } of blocks) {
      const column = catalogue.modalities.find((modality) => modality.name === name);
      rows.forEach((item, k) => {
        const has = column === undefined ? item > 0 && item <= catalogue.items.trained : hasModality(column, item);
        if (has) values.set(out.subarray(k * total + start, k * total + start + width), item * width);
      });
    }
  }
  await executor.close();
  return blocks;
}

async function measurePopularity(questions: readonly Question[], { catalogue, before, dataset }: Known): Promise<void> {
  const { events } = dataset;
  const { trained, count: items } = catalogue.items;
  const rank = (name: string, scores: Float64Array): Promise<void> =>
    measureSource(`popular: ${name}`, questions, {
      trained,
      find: ({ seen }, count) => topItems(scores, { count, above: 0, allows: (item) => !seen.has(item) }),
    });
  const { count, positives } = catalogue.itemCounters;
  await rank("events", Float64Array.from(count));
  await rank("positive events", Float64Array.from(positives));
  const rate = positives.reduce((a, b) => a + b, 0) / count.reduce((a, b) => a + b, 0);
  const smoothed = (prior: number) =>
    Float64Array.from(count, (n, item) => (positives[item]! + prior * rate) / (n + prior));
  await rank("smoothed rate, prior 5", smoothed(5));
  const first = before.reduce((least, event) => Math.min(least, events.time[event]!), Number.POSITIVE_INFINITY);
  for (const share of [0.02, 0.05, 0.1, 0.2, 0.3, 0.5]) {
    const scores = new Float64Array(items);
    const constant = share * (catalogue.lastTime - first);
    for (const event of before) {
      const age = catalogue.lastTime - events.time[event]!;
      scores[events.item[event]!]! += events.label[event]! * Math.exp(-age / constant);
    }
    await rank(`positive events, decayed over ${share} of the span`, scores);
  }
}

async function measureCoVisits(questions: readonly Question[], { catalogue, dataset }: Known): Promise<void> {
  const entries = { catalogue, ...trainingEntries(dataset) };
  for (const [kept, shrink] of [
    [20, 10],
    [50, 10],
    [100, 0],
    [100, 10],
    [100, 30],
    [200, 10],
  ] as const) {
    const near = new Map<number, readonly { item: number; similarity: number }[]>();
    eachItemsNeighbours(entries, { kept, shrink }, (item, list) => void near.set(item, list));
    await measureSource(`co-visited: ${kept} kept, shrink ${shrink}`, questions, {
      trained: catalogue.items.trained,
      find({ history, seen }, count) {
        const scores = new Float64Array(catalogue.items.count);
        for (const { item, weight } of weighHistory(history)) {
          for (const other of near.get(item) ?? []) scores[other.item]! += weight * other.similarity;
        }
        return topItems(scores, { count, above: 0, allows: (item) => !seen.has(item) });
      },
    });
  }
}
