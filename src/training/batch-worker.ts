import { parentPort } from "node:worker_threads";
import { type Batch, BatchAssembler } from "../data/batch.js";
import { buffersOf } from "../runtime/buffers-of.js";
import type { BatchMessage, BatchReply } from "./batch-stream.js";

const assemblers = new Map<string, BatchAssembler>();

parentPort?.on("message", (message: BatchMessage) => {
  if (message.kind === "open") {
    assemblers.set(message.source, new BatchAssembler(message.columns, message.plan));
    return;
  }
  try {
    const batch = assemblers.get(message.source)!.assemble(message.rows);
    parentPort?.postMessage({ batch } satisfies BatchReply, buffersOf(arraysOf(batch)));
  } catch (error) {
    const { message: text, stack } = error instanceof Error ? error : new Error(String(error));
    parentPort?.postMessage({ error: { message: text, ...(stack !== undefined && { stack }) } } satisfies BatchReply);
  }
});

/** Every array of a batch. */
function arraysOf({ rows, values, tableRows }: Batch): ArrayBufferView[] {
  return [rows, ...Object.values(values).map(({ data }) => data), ...Object.values(tableRows)];
}
