import { BatchAssembler } from "../data/batch.js";
import { historyLengthOf, userOf } from "../data/batch-layout.js";
import { openDataset } from "../data/index.js";
import { readHistory } from "../data/positive-history.js";
import { openRun } from "../training/run-folder.js";
import { Scorer } from "../training/scorer.js";
import { type AttentionShares, attentionShares, readTruth } from "../world/index.js";
import { truthOfEvents } from "./world-truth.js";

/**
 * How much of a trained model's attention lies on history of the interest that is active, on the test rows of a world, beside
 * what it would be if only age counted.
 */
export async function attentionOnTruth({
  run,
  data,
  world,
}: {
  run: string;
  data: string;
  world: string;
}): Promise<AttentionShares> {
  const { model, weights } = openRun(run);
  const dataset = openDataset(data);
  const truth = readTruth(world);
  const { catalogue, rows } = dataset;
  const events = readHistory(dataset.events, model.history);
  const scorer = await Scorer.create(model, weights, { catalogue, threads: 1, device: "cpu", explain: true });
  const heads = scorer.heads.length;
  const assembler = new BatchAssembler({ catalogue, events, rows: rows.test }, scorer.plan);
  const interest = truthOfEvents(
    dataset,
    truth,
    Array.from({ length: events.count }, (_, event) => event),
  ).map((row) => truth.events.activeInterest[row]!);
  const offsets = new Int32Array(rows.test.count + 1);
  const rowInterest = new Uint8Array(rows.test.count);
  const stepInterest: number[] = [];
  const age: number[] = [];
  const attention: number[] = [];
  const size = 256;
  for (let start = 0; start < rows.test.count; start += size) {
    const batch = Int32Array.from({ length: Math.min(size, rows.test.count - start) }, (_, i) => start + i);
    const assembled = assembler.assemble(batch);
    const { T } = assembled;
    const { attention: weightsOf } = await scorer.run(assembled);
    for (let b = 0; b < batch.length; b++) {
      const row = batch[b]!;
      const event = rows.test.event[row]!;
      const length = historyLengthOf(events, event, { user: userOf(events, event), length: catalogue.history.length });
      rowInterest[row] = interest[event]!;
      for (let t = 0; t < length; t++) {
        const position = events.historyEnd[event]! - length + t;
        const step = events.history === null ? position : events.history[position]!;
        stepInterest.push(interest[step]!);
        age.push(events.time[event]! - events.time[step]!);
        for (let h = 0; h < heads; h++) attention.push(weightsOf!.data[(b * T + t) * heads + h] as number);
      }
      offsets[row + 1] = stepInterest.length;
    }
  }
  await scorer.close();
  return attentionShares({ offsets, rowInterest, stepInterest, age, attention, heads });
}
