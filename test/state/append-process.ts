// A process that appends events in batches until it is done or killed, and prints the number of each batch that was acknowledged.
//   append-process.ts PLACE FIRST-BATCH BATCHES EVENTS-PER-BATCH
import type { Event } from "../../src/contract.js";
import { openStore } from "../../src/serving/state/open-store.js";

const PEOPLE = 997;
const IN_FLIGHT = 8;

const [place = "", ...numbers] = process.argv.slice(2);
const [first = 0, batches = 0, size = 0] = numbers.map(Number);
const store = await openStore(place, { eventsPerUser: Number.MAX_SAFE_INTEGER, patience: 10_000 });
let next = first;

async function appendAll(): Promise<void> {
  while (next < first + batches) {
    const batch = next++;
    const events = Array.from({ length: size }, (_, k): Event => {
      const number = batch * size + k;
      return { user: `u${number % PEOPLE}`, item: `${batch}:${k}`, time: number, label: 1, features: { rating: 3 } };
    });
    await store.append(events);
    process.stdout.write(`${batch}\n`); // to a pipe: gone from this process when the call returns
  }
}

await Promise.all(Array.from({ length: IN_FLIGHT }, appendAll));
await store.close();
