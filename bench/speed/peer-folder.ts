import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BatchSourceColumns } from "../../src/data/batch.js";
import { historyLengthOf, lengthBucket, userOf } from "../../src/data/batch-layout.js";
import { type ModalityColumn, UNKNOWN_INDEX } from "../../src/data/columns.js";
import type { OptimizerOptions } from "../../src/training/weight-update.js";
import type { Weights } from "../../src/training/weights.js";

export interface PeerModel {
  model: "mmdin" | "din";
  dimension: number;
  heads: string[];
  attentionHidden: number[];
  mlp: number[];
}

export interface PeerFolderOptions {
  columns: BatchSourceColumns;
  weights: Weights;
  model: PeerModel;
  optimizer: OptimizerOptions & { learningRate: number };
  /** Row numbers of each batch. */
  batches: readonly Int32Array[];
}

/** Writes what a peer needs to train the same model on the same rows: little-endian arrays and shape.json. */
export function writePeerFolder(
  folder: string,
  { columns, weights, model, optimizer, batches }: PeerFolderOptions,
): void {
  const { catalogue } = columns;
  for (const part of ["weights", "items", "batches"]) mkdirSync(join(folder, part), { recursive: true });
  const write = (path: string, data: Float32Array | Int32Array): void =>
    writeFileSync(join(folder, path), new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  for (const { name } of weights.specs) write(`weights/${name}.bin`, weights.get(name));
  const { count, trained } = catalogue.items;
  write(
    "items/id.bin",
    Int32Array.from({ length: count }, (_, item) => (item > trained ? UNKNOWN_INDEX : item)),
  );
  const modalities = catalogue.modalities.map((column) => writeModality(column, count, write));
  const shapes = batches.map((rows, i) =>
    writeBatch(columns, rows, (name, data) => write(`batches/${i}.${name}.bin`, data)),
  );
  const shape = {
    format: "mmdin-peer-1",
    ...model,
    B: Math.max(...batches.map((rows) => rows.length)),
    T: catalogue.history.length,
    items: count,
    modalities: [{ name: "id", kind: "id", rows: trained + 1 }, ...modalities],
    present: model.model === "mmdin" && modalities.length > 0,
    optimizer: {
      learningRate: optimizer.learningRate,
      beta1: optimizer.beta1,
      beta2: optimizer.beta2,
      epsilon: optimizer.epsilon,
      weightDecay: optimizer.weightDecay,
    },
    weights: Object.fromEntries(weights.specs.map(({ name, shape }) => [name, shape])),
    batches: shapes,
  };
  writeFileSync(join(folder, "shape.json"), JSON.stringify(shape));
}

function writeModality(
  column: ModalityColumn,
  items: number,
  write: (path: string, data: Float32Array | Int32Array) => void,
): object {
  const { name } = column;
  if (column.kind === "number") throw new Error(`the peer reads no number: ${name}`);
  const present = new Float32Array(items);
  let shape: object;
  if (column.kind === "vector") {
    const { dimension, row, values } = column;
    const whole = new Float32Array(items * dimension);
    for (let item = 0; item < items; item++) {
      const at = row[item]!;
      if (at < 0) continue;
      present[item] = 1;
      whole.set(values.subarray(at * dimension, (at + 1) * dimension), item * dimension);
    }
    write(`items/${name}.bin`, whole);
    shape = { name, kind: "vector", width: dimension };
  } else {
    const { offsets, codes, vocabulary } = column;
    let bag = 1;
    for (let item = 0; item < items; item++) bag = Math.max(bag, offsets[item + 1]! - offsets[item]!);
    const table = new Int32Array(items * bag).fill(-1);
    for (let item = 0; item < items; item++) {
      const own = codes.subarray(offsets[item]!, offsets[item + 1]!);
      table.set(own, item * bag);
      if (own.length > 0) present[item] = 1;
    }
    write(`items/${name}.bin`, table);
    shape = { name, kind: "category", rows: vocabulary.length + 2, bag };
  }
  write(`items/${name}.present.bin`, present);
  return shape;
}

function writeBatch(
  { catalogue, events, rows: columns }: BatchSourceColumns,
  rows: Int32Array,
  write: (name: string, data: Float32Array | Int32Array) => void,
): { rows: number; steps: number } {
  const steps = Array.from(rows, (row) => {
    const event = columns.event[row]!;
    const length = historyLengthOf(events, event, { user: userOf(events, event), length: catalogue.history.length });
    const end = events.historyEnd[event]!;
    const positions = Array.from({ length }, (_, t) => end - length + t);
    return positions.map((position) => events.item[events.history === null ? position : events.history[position]!]!);
  });
  const T = lengthBucket(Math.max(...steps.map(({ length }) => length)), catalogue.history.length);
  const history = new Int32Array(rows.length * T).fill(-1);
  steps.forEach((items, b) => {
    history.set(items, b * T);
  });
  write(
    "candidate",
    Int32Array.from(rows, (row) => columns.item[row]!),
  );
  write("history", history);
  write(
    "label",
    Float32Array.from(rows, (row) => columns.label[row]!),
  );
  return { rows: rows.length, steps: T };
}
