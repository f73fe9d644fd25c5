import { readFileSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Frees what is garbage, so that what one measurement left behind is not paid for by the next. */
export function collectGarbage(): void {
  gc();
  gc(); // buffers are freed in the background after the first, and are gone when the second begins
}

/** What some work needs in memory beyond what was resident before it, at its highest, in bytes; null where the system cannot tell. */
export function peakMemory(work: () => unknown): number | null {
  if (process.platform !== "linux") return null;
  collectGarbage();
  writeFileSync("/proc/self/clear_refs", "5"); // sets the high-water mark back
  const before = process.memoryUsage.rss();
  work();
  return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))![1]) * 1024 - before;
}
