/** One epoch of a small `din` in a process of its own: the arguments are a prepared dataset, the folder of the run, and threads. */
import { train } from "../../src/index.js";
import { cpuSecondsSince } from "./cpu-seconds.js";

/** What the process prints. */
export interface TrainRun {
  /** Of the whole call: opening the dataset, the epoch, one validation, writing the run. */
  seconds: number;
  /** That cores worked, all threads together. */
  cpuSeconds: number;
  /** Training rows a second within the epoch. */
  rowsPerSecond: number;
  steps: number;
  /** Most resident memory of the process, in bytes. */
  peak: number;
}

const [data = "", out = "", threads = "2"] = process.argv.slice(2);
const start = performance.now();
const cpu = process.cpuUsage();
const { result } = await train({
  data,
  out,
  model: "din",
  epochs: 1,
  threads: Number(threads),
  set: [
    "batchSize=4096",
    "evaluateEvery=1",
    "options.dimension=4",
    "options.attention.hidden=[8]",
    "options.mlp.units=[16]",
  ],
});
const run: TrainRun = {
  seconds: (performance.now() - start) / 1000,
  cpuSeconds: cpuSecondsSince(cpu),
  rowsPerSecond: result?.rowsPerSecond ?? 0,
  steps: result?.steps ?? 0,
  peak: process.resourceUsage().maxRSS * 1024,
};
console.log(JSON.stringify(run));
