// Makes a small shop, learns from its log and asks what one person wants: node examples/quick-start.mjs
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate, loadModel, openDataset, prepare, requestOfRow, train } from "mmdin";
import { generateWorld } from "mmdin/world";

const folder = mkdtempSync(join(tmpdir(), "mmdin-quick-start-"));
try {
  // 1. An event log, a catalogue, vectors, and the dataset.yaml that says what is what.
  await generateWorld({ out: join(folder, "shop"), users: 100, items: 200, events: 5_000 });

  // 2. What training reads: timelines, statistics as they stood, splits.
  const prepared = await prepare(join(folder, "shop", "dataset.yaml"), { out: join(folder, "data") });
  console.log(`${prepared.events} events, ${prepared.splits.test.rows} of them to test on`);

  // 3. A model, its best weights kept.
  const run = join(folder, "run");
  const { parameters } = await train({ data: join(folder, "data"), out: run, epochs: 2 });

  // 4. How good it is on what it has not seen.
  const { metrics } = await evaluate({ run });
  console.log(`${parameters} weights, AUC ${metrics.auc?.toFixed(3)}, log-loss ${metrics.logLoss?.toFixed(3)}`);

  // 5. A question: the person, history and moment of the first test row, and three items to choose from.
  const asked = requestOfRow(openDataset(join(folder, "data")), { split: "test", row: 0 });
  const others = asked.history.slice(-2).map(({ item }) => item);
  const model = await loadModel(run);
  const ranked = await model.rank({ ...asked, candidates: [...asked.candidates, ...others] });
  await model.close();
  console.table(ranked);
} finally {
  rmSync(folder, { recursive: true });
}
