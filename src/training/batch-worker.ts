import { parentPort } from "node:worker_threads";
import { type Batch, BatchAssembler } from "../data/batch.js";
import type { BatchMessage, BatchReply } from "./batch-stream.js";

const assemblers = new Map<string, BatchAssembler>();

parentPort?.on("message", (message: BatchMessage) => {
  if (message.kind === "open") {
    assemblers.set(message.source, new BatchAssembler(message.columns, message.plan));
    return;
  }
  try {
    const batch = assemblers.get(message.source)!.assemble(message.rows, message.options);
    parentPort?.postMessage({ batch } satisfies BatchReply, buffersOf(batch));
  } catch (error) {
    const { message: text, stack } = error instanceof Error ? error : new Error(String(error));
    parentPort?.postMessage({ error: { message: text, ...(stack !== undefined && { stack }) } } satisfies BatchReply);
  }
});

/** Every distinct buffer of a batch, to be handed over without a copy. */
function buffersOf({ rows, values, tableRows }: Batch): ArrayBuffer[] {
  const arrays = [rows, ...Object.values(values).map(({ data }) => data), ...Object.values(tableRows)];
  const buffers = arrays
    .map(({ buffer }) => buffer)
    .filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer);
  return [...new Set(buffers)];
}
