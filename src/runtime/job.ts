import { parentPort, type Transferable, workerData } from "node:worker_threads";
import { type ErrorCode, type ErrorDetails, MmdinError } from "../errors.js";
import { spawnWorker } from "./spawn-worker.js";

/** An error as it crosses threads: the class of an error does not. */
export interface PackedError {
  message: string;
  stack?: string;
  /** Of an error of the system: ENOSPC and the like. */
  code?: string;
  mmdin?: { code: ErrorCode; problem: string; details: Omit<ErrorDetails, "cause"> };
}

type JobMessage<Result, Update> = { update: Update } | { result: Result } | { error: PackedError };

export interface JobOptions<Update> {
  base: string;
  /** Given to the worker as it is; plain data. */
  data: unknown;
  onUpdate?: (update: Update) => void;
}

/** Runs the worker file `name` to its end; its updates, its result and its error come back. */
export function runJob<Result, Update = never>(
  name: string,
  { base, data, onUpdate }: JobOptions<Update>,
): Promise<Result> {
  const worker = spawnWorker(name, { base, workerData: data });
  return new Promise<Result>((resolve, reject) => {
    worker.on("message", (message: JobMessage<Result, Update>) => {
      if ("update" in message) onUpdate?.(message.update);
      else if ("result" in message) resolve(message.result);
      else reject(unpackError(message.error));
    });
    worker.on("error", reject);
    worker.on("exit", (code) =>
      reject(new MmdinError("RUNTIME", "a worker thread ended early", { where: name, got: `exit code ${code}` })),
    );
  }).finally(() => worker.terminate());
}

/** The worker's side of `runJob`: does the job that came as worker data and posts what becomes of it. */
export async function serveJob<Data, Result, Update = never>(
  work: (data: Data, post: (update: Update) => void) => Promise<Result>,
): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error("this module runs in a worker thread");
  const post = (message: JobMessage<Result, Update>, transfer: Transferable[] = []): void =>
    port.postMessage(message, transfer);
  try {
    post({ result: await work(workerData as Data, (update) => post({ update })) });
  } catch (error) {
    post({ error: packError(error) });
  }
}

export function packError(error: unknown): PackedError {
  if (!(error instanceof Error)) return { message: String(error) };
  const packed: PackedError = { message: error.message, ...(error.stack !== undefined && { stack: error.stack }) };
  if ("code" in error && typeof error.code === "string") packed.code = error.code;
  if (error instanceof MmdinError) {
    const { cause: _, ...details } = error.details;
    packed.mmdin = { code: error.code, problem: error.problem, details };
  }
  return packed;
}

export function unpackError({ message, stack, code, mmdin }: PackedError): Error {
  const plain = () => (code === undefined ? new Error(message) : Object.assign(new Error(message), { code }));
  const error = mmdin ? new MmdinError(mmdin.code, mmdin.problem, mmdin.details) : plain();
  error.message = message;
  if (stack !== undefined) error.stack = stack;
  return error;
}
