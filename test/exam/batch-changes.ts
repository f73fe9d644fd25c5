import type { Batch } from "../../src/data/batch.js";
import type { BatchPlan } from "../../src/data/batch-inputs.js";
import { sizeOf } from "../../src/graph/index.js";

type Column = Batch["values"][string];

/** Places and codes that exist, and numbers that would be seen. */
const RUBBISH = 5;

/**
 * The same batch with more steps and more distinct items than it needs. What is added is rubbish, not zeros: only the mask and
 * the places say that it is not there.
 */
export function padBatch(batch: Batch, plan: BatchPlan, letters: { T: number; U: number }): Batch {
  const values: Batch["values"] = {};
  for (const { name, from, shape } of plan.inputs) {
    const column = batch.values[name]!;
    const dims = shape.map((dim, axis) => (dim === "T" || dim === "U" ? letters[dim] : column.dims[axis]!));
    const filler = from === "mask" ? 0 : column.data instanceof Int32Array ? Math.max(...column.data) : RUBBISH;
    values[name] = enlarge(column, { dims, filler });
  }
  const tableRows = { ...batch.tableRows };
  for (const { name, letter } of plan.tables) {
    if (letter !== "U") continue;
    tableRows[name] = new Int32Array(letters.U).fill(2);
    tableRows[name].set(batch.tableRows[name]!);
  }
  return { ...batch, ...letters, values, tableRows };
}

function enlarge({ data, dims: before }: Column, { dims, filler }: { dims: number[]; filler: number }): Column {
  const out = newLike(data, sizeOf(dims)).fill(filler);
  const place = new Array<number>(dims.length).fill(0);
  for (let from = 0; from < data.length; from++) {
    let rest = from;
    for (let axis = before.length - 1; axis >= 0; axis--) {
      place[axis] = rest % before[axis]!;
      rest = Math.floor(rest / before[axis]!);
    }
    out[place.reduce((to, index, axis) => to * dims[axis]! + index, 0)] = data[from]!;
  }
  return { data: out, dims };
}

/** The same batch with the steps of every history in another order, padding among them: `order` is a permutation of 0..T-1. */
export function permuteSteps(batch: Batch, plan: BatchPlan, order: readonly number[]): Batch {
  const values = { ...batch.values };
  for (const { name, shape } of plan.inputs) {
    if (shape[1] !== "T") continue;
    const { data, dims } = batch.values[name]!;
    const out = newLike(data, data.length);
    for (let from = 0; from < data.length; from++) {
      const step = from % batch.T;
      out[from - step + order[step]!] = data[from]!;
    }
    values[name] = { data: out, dims };
  }
  return { ...batch, values };
}

const newLike = (data: Column["data"], size: number): Column["data"] =>
  data instanceof Float32Array ? new Float32Array(size) : new Int32Array(size);
