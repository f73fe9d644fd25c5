/** One `prepare` in a process of its own, whose peak memory is then its own: the arguments are dataset.yaml and the folder to write. */
import { prepare } from "../../src/data/index.js";
import { cpuSecondsSince } from "./cpu-seconds.js";

/** What the process prints. */
export interface PrepareRun {
  hash: string;
  seconds: number;
  /** That cores worked, all threads together. */
  cpuSeconds: number;
  events: number;
  bytes: number;
  bytesPerEvent: number;
  /** Most resident memory of the process, in bytes. */
  peak: number;
  /** Seconds by phase, as progress names them. */
  phases: Record<string, number>;
}

const [config = "", out = ""] = process.argv.slice(2);
const phases: Record<string, number> = {};
let phase = "starting";
let since = performance.now();
function enter(next: string): void {
  const now = performance.now();
  phases[phase] = (phases[phase] ?? 0) + (now - since) / 1000;
  [phase, since] = [next, now];
}
const cpu = process.cpuUsage();
const { hash, seconds, events, bytes } = await prepare(config, {
  out,
  cache: false,
  progress: (update) => {
    if (update.phase !== phase) enter(update.phase);
  },
});
enter("");
const cpuSeconds = cpuSecondsSince(cpu);
const peak = process.resourceUsage().maxRSS * 1024;
const run: PrepareRun = {
  hash,
  seconds,
  cpuSeconds,
  events,
  bytes: bytes.total,
  bytesPerEvent: bytes.perEvent,
  peak,
  phases,
};
console.log(JSON.stringify(run));
