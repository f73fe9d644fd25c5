/**
 * Speed and memory of `prepare` on a log of the simulated world's shape: events a second, bytes an event, peak memory of its process,
 * seconds by phase. The median of `--rounds` is printed, with the spread.
 *
 *   npm run bench -- prepare [--events 10000000] [--rounds 3] [--json FILE]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runChild } from "./speed/child.js";
import type { PrepareRun } from "./speed/prepare-once.js";
import { median, spreadOf } from "./speed/summary.js";
import { writeWorldLog } from "./speed/world-log.js";

const { values: args } = parseArgs({
  options: {
    events: { type: "string", default: "10000000" },
    rounds: { type: "string", default: "3" },
    json: { type: "string" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "mmdin-bench-"));
try {
  const { config, users, items } = await writeWorldLog(folder, { events: Number(args.events) });
  const runs = Array.from({ length: Number(args.rounds) }, () =>
    runChild<PrepareRun>("bench/speed/prepare-once.ts", [config, join(folder, "data")]),
  );
  const [first] = runs;
  if (!first) throw new RangeError("At least one round");
  const count = (n: number) => n.toLocaleString("en-US");
  console.log(
    `${count(first.events)} events of ${count(users)} people and ${count(items)} items, ${runs.length} rounds\n`,
  );
  console.log(
    `million events/s  ${spreadOf(
      runs.map(({ events, seconds }) => events / seconds / 1e6),
      3,
    )}`,
  );
  console.log(
    `cpu, seconds      ${spreadOf(
      runs.map(({ cpuSeconds }) => cpuSeconds),
      2,
    )}`,
  );
  console.log(`bytes an event    ${first.bytesPerEvent.toFixed(1)}`);
  console.log(
    `peak memory, GiB  ${spreadOf(
      runs.map(({ peak }) => peak / 2 ** 30),
      2,
    )}\n`,
  );
  for (const phase of Object.keys(first.phases)) {
    console.log(`${phase.padEnd(18)}${median(runs.map(({ phases }) => phases[phase] ?? 0)).toFixed(2)} s`);
  }
  if (args.json !== undefined) writeFileSync(args.json, `${JSON.stringify({ users, items, runs }, null, 1)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
