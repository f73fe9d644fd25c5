import type { Worker } from "node:worker_threads";

/** "done": the thread ends once what it is doing is done. "now": it dies of an error, as tests want it. */
export interface ThreadEnd {
  end: "done" | "now";
}

/** Milliseconds that a thread has to come to an end by itself. */
const PATIENCE = 10_000;

/**
 * Ends a thread that may be in the middle of a session's run. `terminate` there would end the whole process: what it throws goes through
 * native code that does not expect it. So the thread is asked to end, and terminated only where it does not.
 */
export async function endThread(thread: Worker): Promise<void> {
  // Already gone.
  if (thread.threadId === -1) return;
  const gone = exited(thread);
  thread.postMessage({ end: "done" } satisfies ThreadEnd);
  const timer = setTimeout(() => void thread.terminate(), PATIENCE);
  await gone.finally(() => clearTimeout(timer));
}

/** Resolves when the thread has ended, of an error or not. */
export const exited = (thread: Worker): Promise<void> =>
  new Promise((resolve) => {
    thread.once("exit", () => resolve());
  });
