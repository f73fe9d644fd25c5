/**
 * From an item that is put over HTTP, with a picture and a sentence, to the recommendations of a person whose history it fits: milliseconds from the
 * sending of the PUT to the first answer of /v1/recommend that holds it. The items are twins of what is recommended to people of the demo's world: the same
 * record and picture, under an id that nobody has seen. The first put comes as soon as the server says that it is ready.
 *
 *   npm run bench -- serving-put --demo DIR [--items 20] [--k 20]
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Client, createClient } from "../src/client/index.js";
import { startServing } from "./speed/serving-process.js";
import { median } from "./speed/summary.js";

const { values: args } = parseArgs({
  options: {
    demo: { type: "string" },
    items: { type: "string", default: "20" },
    k: { type: "string", default: "20" },
  },
});
if (args.demo === undefined) throw new Error("--demo DIR: the folder of `mmdin demo --out DIR`");
const demo = args.demo;
const k = Number(args.k);

/** A person's last steps, as the world's log has them: user, item, time, clicked. */
const histories = new Map<string, { item: string; time: number; label: 0 | 1; features: { clicked: string } }[]>();
const [head = "", ...lines] = readFileSync(join(demo, "world/events.csv"), "utf8").trimEnd().split("\n");
const at = (name: string): number => head.split(",").indexOf(name);
const [user, item, time, clicked] = [at("user"), at("item"), at("time"), at("clicked")];
for (const line of lines) {
  const cells = line.split(",");
  const own = histories.get(cells[user]!) ?? [];
  histories.set(cells[user]!, own);
  const label = cells[clicked] === "1" ? 1 : 0;
  own.push({ item: cells[item]!, time: Number(cells[time]), label, features: { clicked: cells[clicked]! } });
}
const records = new Map(
  readFileSync(join(demo, "world/items.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text) as { item: string; poster: string } & Record<string, unknown>)
    .map((record) => [record.item, record]),
);

const folder = mkdtempSync(join(tmpdir(), "mmdin-bench-"));
const server = await startServing([
  "--run",
  join(demo, "runs/mmdin"),
  "--store",
  join(folder, "state"),
  "--clock",
  "log",
]);
try {
  const client = createClient({ url: server.url, timeout: 60_000 });
  const people = [...histories.values()].filter((steps) => steps.filter(({ label }) => label === 1).length >= 10);
  const recommended = async (asked: Client, who: number, most: number): Promise<string[]> => {
    const history = people[(who * 37) % people.length]!.slice(-50);
    const { results } = await asked.recommend({ history, k: most, deadline: 30_000 });
    return results.map((result) => result.item);
  };
  // Asked of a server of its own, so that nothing is warm when the first item comes.
  const twins: { record: Record<string, unknown>; poster: Uint8Array }[] = [];
  const other = await startServing(["--run", join(demo, "runs/mmdin"), "--clock", "log"]);
  try {
    const beside = createClient({ url: other.url, timeout: 60_000 });
    for (let n = 0; n < Number(args.items); n++) {
      const [first] = await recommended(beside, n, 1);
      const { item: _, poster, ...record } = records.get(first!)!;
      twins.push({ record, poster: readFileSync(join(demo, "world", poster)) });
    }
  } finally {
    await other.stop();
  }
  const times: number[] = [];
  const puts: number[] = [];
  const places: number[] = [];
  let unfit = 0;
  for (const [n, { record, poster }] of twins.entries()) {
    const id = `twin${n}`;
    const begin = performance.now();
    await client.putItem({ id, record, pictures: { poster } });
    puts.push(performance.now() - begin);
    let list = await recommended(client, n, k);
    for (let tries = 1; !list.includes(id) && tries < 20; tries++) list = await recommended(client, n, k);
    if (!list.includes(id)) {
      unfit++;
      continue;
    }
    times.push(performance.now() - begin);
    places.push(list.indexOf(id) + 1);
  }
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  console.log(`${twins.length} items put, each the twin of the first of a person's recommendations`);
  console.log(`the first PUT ${ms(puts[0]!)}, median ${ms(median(puts))}, worst ${ms(Math.max(...puts))}`);
  console.log(
    `among the person's first ${k}: ${times.length}, place ${median(places)} (median); from PUT to there: median ${ms(median(times))}, worst ${ms(Math.max(...times))}`,
  );
  console.log(`not among them: ${unfit}`);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
