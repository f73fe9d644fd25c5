import { performance } from "node:perf_hooks";
import { IdIndex } from "../src/data/index.js";
import { indexRequest } from "../src/data/indexed-request.js";
import { indexedColumns } from "../src/data/request-columns.js";
import { RequestScorer } from "../src/serving/request-scorer.js";
import { keptShift } from "../src/training/run-calibration.js";
import { openRun } from "../src/training/run-folder.js";

/**
 * What small questions cost that are scored one after the other, and what they would cost merged into one run in which each row has a history
 * of its own: milliseconds for 16 questions, the least of many turns.
 */
const run = process.argv[2] ?? "runs/mmdin";
const opened = openRun(run);
const { catalogue, model, weights, calibration } = opened;
const ids = { items: IdIndex.of(catalogue, "items"), users: { indexOf: () => 0 } };
const options = {
  catalogue,
  threads: 1,
  device: "cpu" as const,
  calibration,
  shift: keptShift(catalogue, { split: "request" }),
};
const alone = await RequestScorer.create(model, weights, options);
const merged = await RequestScorer.create({ ...model, sharesHistory: false }, weights, options);
const columnsOf = (count: number, steps: number) => {
  const idAt = (k: number): string => ids.items.ids[1 + ((k * 37) % (ids.items.ids.length - 1))]!;
  const history = Array.from({ length: steps }, (_, k) => ({
    item: idAt(k),
    time: catalogue.lastTime - 1000 + k,
    label: 1 as const,
  }));
  const candidates = Array.from({ length: count }, (_, k) => idAt(k + 500));
  return indexedColumns(indexRequest({ history, candidates }, { catalogue, ids }), {
    catalogue,
    history: model.history,
  });
};
const least = async (act: () => Promise<unknown>): Promise<number> => {
  let best = Number.POSITIVE_INFINITY;
  const until = performance.now() + 3000;
  for (let turn = 0; turn < 5 || performance.now() < until; turn++) {
    const begin = performance.now();
    await act();
    best = Math.min(best, performance.now() - begin);
  }
  return best;
};
const QUESTIONS = 16;
console.log(
  `${opened.manifest.model}, ${QUESTIONS} questions, ms: candidates each, steps, one after the other, so with own histories, merged`,
);
for (const [count, steps] of [
  [1, 10],
  [1, 50],
  [2, 50],
  [5, 10],
  [5, 50],
  [10, 50],
  [20, 50],
  [100, 50],
] as const) {
  const [one, all] = [columnsOf(count, steps), columnsOf(count * QUESTIONS, steps)];
  const apart = QUESTIONS * (await least(() => alone.score(one)));
  const apartOwn = QUESTIONS * (await least(() => merged.score(one)));
  const together = await least(() => merged.score(all));
  console.log(
    `${count} ${steps} ${apart.toFixed(2)} ${apartOwn.toFixed(2)} ${together.toFixed(2)} ${(apart / together).toFixed(2)}`,
  );
}
await alone.close();
await merged.close();
