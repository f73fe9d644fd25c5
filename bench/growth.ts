/**
 * How `prepare` and training grow with the log: logs of 1, 2, 4 and 8 million training events (a fifth as many again are validation
 * and test), people in proportion, so that a row costs the same in each, and as many items in all, so that the network does. Each
 * log is prepared, and a tiny `din` is trained for one whole epoch (batches of 4,096, one validation): all that a real training
 * does once for each row, with little arithmetic to hide it. Every run is a process of its own; sizes take turns.
 *
 * "of linear" is the time over what the smallest size's would be in proportion, by the clock and by what cores worked; memory is
 * the most resident, and what of it is not the bytes of the prepared dataset.
 *
 *   npm run bench -- growth [--millions 1,2,4,8] [--rounds 3] [--trainings 1] [--threads 2] [--items 20000] [--json FILE]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runChild } from "./speed/child.js";
import type { PrepareRun } from "./speed/prepare-once.js";
import { median } from "./speed/summary.js";
import type { TrainRun } from "./speed/train-once.js";
import { writeWorldLog } from "./speed/world-log.js";

const { values: args } = parseArgs({
  options: {
    millions: { type: "string", default: "1,2,4,8" },
    rounds: { type: "string", default: "3" },
    trainings: { type: "string", default: "1" },
    threads: { type: "string", default: String(availableParallelism()) },
    items: { type: "string", default: "20000" },
    json: { type: "string" },
  },
});
/** The share of a log that is training. */
const TRAINING = 0.8;

interface Size {
  million: number;
  config: string;
  data: string;
  prepared: PrepareRun[];
  trained: TrainRun[];
}

const folder = mkdtempSync(join(tmpdir(), "mmdin-bench-"));
try {
  const sizes: Size[] = [];
  for (const million of args.millions.split(",").map(Number)) {
    const place = join(folder, String(million));
    mkdirSync(place);
    const events = Math.round((million * 1e6) / TRAINING);
    const { config } = await writeWorldLog(place, { events, items: Number(args.items), history: 10 });
    sizes.push({ million, config, data: join(place, "data"), prepared: [], trained: [] });
  }
  for (let round = 0; round < Number(args.rounds); round++) {
    for (const { config, data, prepared } of sizes) {
      prepared.push(runChild<PrepareRun>("bench/speed/prepare-once.ts", [config, data]));
    }
  }
  for (let round = 0; round < Number(args.trainings); round++) {
    for (const { data, trained } of sizes) {
      trained.push(runChild<TrainRun>("bench/speed/train-once.ts", [data, join(folder, "run"), args.threads]));
    }
  }
  for (const what of ["prepared", "trained"] as const) {
    console.log(
      `${what}: million training events, seconds, of linear, cpu, of linear, peak MiB, less the dataset's bytes`,
    );
    const [first] = sizes;
    const timeOf = (size: Size, clock: "seconds" | "cpuSeconds") => median(size[what].map((run) => run[clock]));
    for (const size of sizes) {
      const bytes = median(size.prepared.map((run) => run.bytes));
      const peak = median(size[what].map((run) => run.peak));
      const columns = (["seconds", "cpuSeconds"] as const).map((clock) => {
        const linear = (timeOf(first!, clock) * size.million) / first!.million;
        return `${timeOf(size, clock).toFixed(2).padStart(8)} ${(timeOf(size, clock) / linear).toFixed(3).padStart(7)}`;
      });
      const mebibytes = (count: number) => (count / 2 ** 20).toFixed(0).padStart(8);
      console.log(
        `${String(size.million).padStart(6)} ${columns.join(" ")}${mebibytes(peak)}${mebibytes(peak - bytes)}`,
      );
    }
    console.log();
  }
  if (args.json !== undefined) writeFileSync(args.json, `${JSON.stringify(sizes, null, 1)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
