import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compare, prepare, train } from "../../src/index.js";
import { loadLog, openStore, serve } from "../../src/serving/index.js";
import { generateWorld } from "../../src/world/index.js";

/** A title that would run a script if anything took it for markup. */
export const MARKUP = '<img src="x" onerror="document.title=1"> & <b>bold</b>';

// A process of its own: makes a small shop in the folder that it is given, trains on it, and serves it with the built app until it is ended.
const [folder = "", app = ""] = process.argv.slice(2);
if (folder !== "") await main();

async function main(): Promise<void> {
  const at = (name: string): string => join(folder, name);
  await generateWorld({ out: at("world"), seed: 7, users: 60, items: 120, events: 4000 });
  markUp(at("world/items.jsonl"));
  await prepare(at("world/dataset.yaml"), { out: at("data"), cache: at("cache") });
  await train({ data: at("data"), out: at("run"), epochs: 2, threads: 1 });
  await compare({
    data: at("data"),
    out: at("report"),
    models: ["popularity", "item-rate"],
    seeds: [1, 2],
    threads: 1,
  });
  const store = await openStore(at("state"));
  await loadLog(store, { data: at("data") });
  await store.close();
  const server = await serve(at("run"), {
    port: 0,
    store: at("state"),
    clock: "log",
    report: at("report"),
    cache: at("cache"),
    app,
    deadline: 60_000,
    logLevel: "silent",
  });
  await server.ready;
  process.stdout.write(`${JSON.stringify({ url: server.url })}\n`);
  process.once("SIGTERM", () => void server.stop({ grace: 0 }).then(() => process.exit(0)));
}

/** Gives the first item the title that must stay text. */
function markUp(path: string): void {
  const [first = "", ...rest] = readFileSync(path, "utf8").split("\n");
  writeFileSync(path, [JSON.stringify({ ...JSON.parse(first), title: MARKUP }), ...rest].join("\n"));
}
