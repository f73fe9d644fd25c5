/**
 * Speed of prepare and of training on a simulated world of the default size: events a second, bytes an event, training rows a second
 * of `din` and `mmdin` and where a step's time goes. Runs are interleaved; the median of `--rounds` is printed, with the spread.
 *
 *   npm run bench -- training [--rounds 3] [--threads 2] [--json]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepare, train } from "../src/index.js";
import { generateWorld } from "../src/world/index.js";
import { median } from "./speed/summary.js";

const { values: args } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    threads: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const threads = Number(args.threads ?? availableParallelism());
const folder = mkdtempSync(join(tmpdir(), "mmdin-bench-"));
const rounded = (values: readonly number[]): string =>
  `${Math.round(median(values)).toLocaleString("en-US")} (${Math.round(Math.min(...values)).toLocaleString("en-US")} to ${Math.round(Math.max(...values)).toLocaleString("en-US")})`;

try {
  await generateWorld({ out: join(folder, "world") });
  const data = join(folder, "data");
  const prepared: number[] = [];
  const rates: Record<string, number[]> = { din: [], mmdin: [] };
  const phases: Record<string, Record<string, number>> = {};
  let bytes = 0;
  let events = 0;
  for (let round = 0; round < Number(args.rounds); round++) {
    const start = performance.now();
    const summary = await prepare(join(folder, "world", "dataset.yaml"), { out: data });
    events = summary.events;
    bytes = summary.bytes.perEvent;
    prepared.push(events / ((performance.now() - start) / 1000));
    for (const model of ["din", "mmdin"]) {
      const { result } = await train({ data, out: join(folder, model), model, epochs: 1, threads });
      rates[model]!.push(result!.rowsPerSecond!);
      phases[model] = Object.fromEntries(
        Object.entries(result!.spent).map(([phase, ms]) => [phase, ms / result!.steps]),
      );
    }
  }
  if (args.json) console.log(JSON.stringify({ threads, events, bytes, prepared, rates, phases }));
  else {
    console.log(`${threads} threads, ${args.rounds} rounds, median (least to most)\n`);
    console.log(`prepare   ${rounded(prepared)} events/s, ${bytes.toFixed(1)} bytes an event`);
    for (const [model, values] of Object.entries(rates)) {
      const parts = Object.entries(phases[model]!).map(([phase, ms]) => `${phase} ${ms.toFixed(1)}`);
      console.log(`${model.padEnd(9)} ${rounded(values)} rows/s; ms a step: ${parts.join(", ")}`);
    }
    console.log(
      `\nmmdin trains at ${(median(rates.mmdin!) / median(rates.din!)).toFixed(2)} of din's speed on the same rows`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
