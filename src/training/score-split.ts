import type { BatchSourceColumns } from "../data/batch.js";
import type { BatchThread } from "./batch-stream.js";
import { epochBatches, rowBuckets } from "./epoch-batches.js";
import type { Scorer } from "./scorer.js";

export interface ScoreSplitOptions {
  scorer: Scorer;
  columns: BatchSourceColumns;
  batches: BatchThread;
  /** The name under which the split was opened in the batch thread. */
  source: string;
  batchSize?: number;
  /** Called after each batch. */
  progress?: (done: number) => void;
}

/** Logits of every row of a split, in its order: calibrated, where the scorer is, and as the model gives them. */
export interface SplitLogits {
  logits: Float32Array;
  /** The same array where nothing is calibrated. */
  rawLogits: Float32Array;
}

/** Scores every row of a split. */
export async function scoreSplit({
  scorer,
  columns,
  batches,
  source,
  batchSize = 512,
  progress,
}: ScoreSplitOptions): Promise<SplitLogits> {
  const logits = new Float32Array(columns.rows.count);
  let rawLogits = logits;
  const buckets = rowBuckets(columns, { length: columns.catalogue.history.length });
  let done = 0;
  for await (const batch of batches.stream(source, epochBatches(buckets, { batchSize }))) {
    const { logits: scored, rawLogits: raw } = await scorer.run(batch);
    for (let b = 0; b < batch.B; b++) logits[batch.rows[b]!] = scored!.data[b] as number;
    if (raw !== undefined) {
      if (rawLogits === logits) rawLogits = new Float32Array(logits.length);
      for (let b = 0; b < batch.B; b++) rawLogits[batch.rows[b]!] = raw.data[b] as number;
    }
    done += batch.B;
    progress?.(done);
  }
  return { logits, rawLogits };
}
