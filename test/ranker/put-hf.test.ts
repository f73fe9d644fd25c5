import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { prepare, train } from "../../src/index.js";
import { createRanker } from "../../src/serving/index.js";
import { tinyBert, writeTinyModel } from "../tiny-models.js";

test("an item whose text a pre-trained model encodes: its vector is that of the item of the log with the same text, put after put", async () => {
  const place = mkdtempSync(join(tmpdir(), "mmdin-put-hf-"));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  mkdirSync(join(place, "bert"));
  writeTinyModel(join(place, "bert"), tinyBert());
  const texts = ["red", "blue", "red film", "blue film", "films red red", "blue blue"];
  const items = texts.map((title, k) => `${JSON.stringify({ id: `i${k}`, title })}\n`);
  writeFileSync(join(place, "items.jsonl"), items.join(""));
  const events = Array.from({ length: 120 }, (_, e) => `u${e % 6},i${(e * 5) % 6},${1000 + e},${e % 3 ? 0 : 1}`);
  writeFileSync(join(place, "events.csv"), `user,item,ts,liked\n${events.join("\n")}\n`);
  writeFileSync(
    join(place, "dataset.yaml"),
    `name: tiny
events: { from: events.csv, user: user, item: item, time: ts, label: liked }
items: { from: items.jsonl, id: id, title: title, modalities: { text: { kind: text, from: title, encoder: "hf:./bert" } } }
`,
  );
  await prepare(join(place, "dataset.yaml"), { out: join(place, "data"), cache: false });
  const run = join(place, "run");
  await train({
    data: join(place, "data"),
    out: run,
    model: "din",
    epochs: 1,
    threads: 1,
    set: ["options.modalities=all"],
  });
  const ranker = await createRanker(run, { store: join(place, "state") });
  onTestFinished(() => ranker.close());
  for (const [k, title] of texts.entries()) {
    const put = await ranker.putItem({ id: `n${k}`, record: { title } });
    expect(put).toMatchObject({ created: true, modalities: ["text"] });
    const near = await ranker.neighbours(`n${k}`, { modality: "text", k: 12 });
    expect(near.find(({ item }) => item.id === `i${k}`)!.cosine).toBeCloseTo(1, 5);
  }
});
