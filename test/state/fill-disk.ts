// A process that may write only small files (see lmdb-store.test.ts): fills a store until nothing fits any more, asks for some calls
// at once, lets
// there be room again, and prints what came of it.
import { execFileSync } from "node:child_process";
import type { Event } from "../../src/contract.js";
import { MmdinError } from "../../src/errors.js";
import { openStore } from "../../src/serving/state/open-store.js";

const [folder = ""] = process.argv.slice(2);
const store = await openStore(folder);
const note = "x".repeat(1000);
let next = 0;
let acknowledged = 0;
const batch = (): Event[] =>
  Array.from({ length: 10 }, () => ({
    user: `u${next % 50}`,
    item: `i${next}`,
    time: next++,
    label: 1,
    features: { note },
  }));

const failures: MmdinError[] = [];
async function append(): Promise<void> {
  try {
    await store.append(batch());
    acknowledged += 10;
  } catch (error) {
    if (!(error instanceof MmdinError)) throw error;
    failures.push(error);
  }
}

while (failures.length === 0 && next < 100_000) await append();
await append();
await Promise.all(Array.from({ length: 10 }, append));

// The limit is lifted: there is room again.
execFileSync("prlimit", ["--fsize=unlimited", "--pid", String(process.pid)]);
const refused = failures.length;
await append();

let kept = 0;
for await (const _ of store.events()) kept++;
await store.close();
const [first] = failures;
console.log(
  JSON.stringify({
    acknowledged,
    kept,
    refused,
    after: failures.length - refused,
    first: { code: first?.code, message: first?.message },
  }),
);
