import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";

/** Of `nice`: a thread that has it gets a third of what one without gets, where both want the same core. */
const NICENESS = 5;

/**
 * On Linux the calling thread, and those that it starts, give way to the threads of normal priority: where cores are short, the event loop that accepts
 * and answers requests does not wait for what computes them. Elsewhere a priority belongs to the process, and nothing happens.
 */
export function lowerPriority(): void {
  if (process.platform !== "linux") return;
  try {
    const [, thread] = /\/task\/(\d+)$/.exec(readlinkSync("/proc/thread-self")) ?? [];
    if (thread !== undefined) setPriority(Number(thread), NICENESS);
  } catch {
    // Where /proc or the call is forbidden, the thread works at the priority that it has.
  }
}
