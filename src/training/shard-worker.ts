import { parentPort, workerData } from "node:worker_threads";
import type { Batch } from "../data/batch.js";
import { findModel } from "../models/registry.js";
import { packError } from "../runtime/job.js";
import { Shard, type ShardGradients } from "./shard.js";
import type { ShardJob, ShardMessage, ShardReply } from "./shard-pool.js";
import { Weights } from "./weights.js";

/** One shard of every batch, in a thread of its own. What fails is answered, and ends the shard's work. */
const port = parentPort!;
const made: { batch: Batch; milliseconds: number }[] = [];
const shard = answering(async () => {
  const { model, columns, weights, threads, device } = workerData as ShardJob;
  const opened = await Shard.create(
    findModel(model.name).configure(model.options),
    (builder) => Weights.of(builder, new Map(weights)),
    { columns, threads, device },
  );
  port.postMessage({ ready: true } satisfies ShardReply);
  return opened;
});

port.on("message", (message: ShardMessage) =>
  answering(async () => {
    const own = await shard;
    if (own === undefined) return;
    if (message.kind === "assemble") {
      const start = performance.now();
      const batch = own.assemble(message.rows, message.draw);
      made.push({ batch, milliseconds: performance.now() - start });
      return;
    }
    const { batch, milliseconds } = made.shift()!;
    const gradients = await own.run(batch);
    gradients.spent.batch = milliseconds;
    port.postMessage({ gradients } satisfies ShardReply, buffersOf(gradients));
  }),
);

async function answering<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    port.postMessage({ error: packError(error) } satisfies ShardReply);
    return undefined;
  }
}

/** Every distinct buffer, to be handed over without a copy. */
function buffersOf({ parameters, tables, states }: ShardGradients): ArrayBuffer[] {
  const arrays = [...parameters, ...states, ...tables.flatMap(({ rows, gradient }) => [rows, gradient])];
  const buffers = arrays
    .map(({ buffer }) => buffer)
    .filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer);
  return [...new Set(buffers)];
}
