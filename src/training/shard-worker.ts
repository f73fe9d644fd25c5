import { parentPort, workerData } from "node:worker_threads";
import type { Batch } from "../data/batch.js";
import { findModel } from "../models/registry.js";
import { buffersOf } from "../runtime/buffers-of.js";
import { packError } from "../runtime/job.js";
import { Shard } from "./shard.js";
import type { ShardAnswer, ShardJob, ShardMessage, ShardReply } from "./shard-pool.js";
import { Weights } from "./weights.js";

/** One shard of every batch, in a thread of its own. What fails is answered, and ends the shard's work. */
const port = parentPort!;
const made: { batch: Batch; milliseconds: number }[] = [];
let assembled = 0;
const shard = answering(async () => {
  const { model, columns, weights, ...options } = workerData as ShardJob;
  const opened = await Shard.create(
    findModel(model.name).configure(model.options),
    (builder) => Weights.of(builder, new Map(weights)),
    { columns, ...options },
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
    if (message.kind === "meet") {
      answer(await own.meet(next()));
      return;
    }
    const gradients = message.kind === "run" ? await own.run(next()) : await own.back(message.backs);
    gradients.spent.batch = assembled;
    answer(gradients);
  }),
);

/** The oldest batch that was made. */
function next(): Batch {
  const { batch, milliseconds } = made.shift()!;
  assembled = milliseconds;
  return batch;
}

function answer(given: ShardAnswer): void {
  port.postMessage({ answer: given } satisfies ShardReply, buffersOf(arraysOf(given)));
}

async function answering<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    port.postMessage({ error: packError(error) } satisfies ShardReply);
    return undefined;
  }
}

/** Every array of an answer. */
function arraysOf(given: ShardAnswer): (ArrayBufferView | null)[] {
  if ("meets" in given) return given.meets;
  const { parameters, tables, states } = given.parts;
  return [...parameters, ...states, ...tables.flatMap((table) => (table ? [table.rows, table.gradient] : []))];
}
