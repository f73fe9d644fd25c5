import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HistoryStep, RankRequest } from "../src/contract.js";
import { BatchAssembler, type BatchSourceColumns } from "../src/data/batch.js";
import { type Catalogue, type Dataset, IdIndex, type ModalityColumn } from "../src/data/index.js";
import { earlierSteps } from "../src/data/indexed-request.js";
import { requestColumns } from "../src/data/request-columns.js";
import { trainingEntries } from "../src/data/training-entries.js";
import { type ConfiguredModel, findModel, modelNames } from "../src/models/registry.js";
import { Builder } from "../src/nn/builder.js";
import { RandomStream } from "../src/random.js";
import { explainRequest } from "../src/serving/explanation/explain-request.js";
import { Explainer, type RequestExplanation } from "../src/serving/explanation/explainer.js";
import { RequestScorer } from "../src/serving/request-scorer.js";
import { Scorer } from "../src/training/scorer.js";
import { Weights } from "../src/training/weights.js";
import { ALL_FEATURES } from "./exam/model-exam.js";
import { requestsOfKinds } from "./exam/requests.js";
import { prepareToy } from "./exam/toy-world.js";

/** Models, and those options of theirs that change how a history is read. */
const SUBJECTS: [name: string, options: Record<string, unknown>][] = [
  ...modelNames().map((name): [string, Record<string, unknown>] => [name, {}]),
  ["din", { ...ALL_FEATURES, history: "positives" }],
  ["din", { ...ALL_FEATURES, attention: { weights: "softmax", activation: "dice" } }],
  ["bst", { ...ALL_FEATURES, history: "positives" }],
  ["embedding-mlp", { ...ALL_FEATURES }],
  ["mmdin", { attention: { weights: "tanh", pool: "sqrt", hidden: [8, 4] }, tiers: { bins: 6 }, norm: "layer" }],
  [
    "mmdin",
    { attention: { weights: "linear", pool: "mean" }, heads: { cross: [["look", "tags"]] }, history: "positives" },
  ],
];
const CALIBRATION = { kind: "platt", slope: 1.3, offset: -0.2 } as const;

let folder: string;
let dataset: Dataset;
let ids: { items: IdIndex; users: IdIndex };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mmdin-explanation-"));
  dataset = await prepareToy(folder);
  ids = { items: IdIndex.of(dataset.catalogue, "items"), users: IdIndex.of(dataset.catalogue, "users") };
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("every model", () => {
  for (const [name, options] of SUBJECTS) {
    const model = findModel(name).configure(options);
    test(`${name} ${JSON.stringify(options)}: changes are those of the ranker's own scores to 1e-5, contributions add up`, async () => {
      const weights = noisyWeights(model);
      const explainer = await Explainer.create(model, () => weights, scoring());
      const scorer = await RequestScorer.create(model, () => weights, scoring());
      const seen = await Scorer.create(model, weights, { ...scoring(), explain: true });
      let moved = 0;
      for (const request of requests()) {
        const columns = columnsOf(request, model);
        const { history } = earlierSteps(request, dataset.catalogue);
        const found = await explainer.explain(columns);
        const read = found.steps.map((event) => history[event]!);
        const ask = async (kept: readonly HistoryStep[]): Promise<Float32Array> =>
          (await scorer.score(columnsOf({ ...request, history: kept }, model))).slice();
        const full = await ask(read);
        const empty = await ask([]);
        found.rows.forEach((row, c) => {
          expect(Math.abs(row.logit - full[c]!)).toBeLessThan(1e-5);
          expect(Math.abs(row.historyChange - (full[c]! - empty[c]!))).toBeLessThan(1e-5);
          const sum = row.contributions.reduce((total, own) => total + own, 0);
          expect(Math.abs(sum - row.historyChange)).toBeLessThan(1e-9);
        });
        if (!found.readsHistory) {
          expect(found.rows[0]!.changes).toEqual([]);
          continue;
        }
        for (let t = 0; t < read.length; t++) {
          const without = await ask(read.filter((_, step) => step !== t));
          found.rows.forEach((row, c) => {
            expect(Math.abs(row.changes[t]! - (full[c]! - without[c]!)), `step ${t}`).toBeLessThan(1e-5);
            moved = Math.max(moved, Math.abs(row.changes[t]!));
          });
        }
        await compareSeen(found, { seen, columns });
      }
      if (["popularity", "item-rate"].includes(name)) expect(moved).toBe(0);
      else expect(moved).toBeGreaterThan(1e-3);
      await explainer.close();
      await scorer.close();
      await seen.close();
    }, 60_000);
  }
});

/** Attention and gates are those of the evaluation graph that `evaluate` runs. */
async function compareSeen(
  { heads, modalities, steps, rows }: RequestExplanation,
  { seen, columns }: { seen: Scorer; columns: BatchSourceColumns },
): Promise<void> {
  expect(heads).toEqual(seen.heads);
  const batch = new BatchAssembler(columns, seen.plan).assemble(Int32Array.from(rows, (_, row) => row));
  const { attention, gates } = await seen.run(batch);
  rows.forEach((row, c) => {
    expect(row.weights.length).toBe(steps.length);
    row.weights.forEach((own, t) => {
      expect(own.length).toBe(heads.length);
      own.forEach((weight, h) => {
        const expected = Number(attention!.data[(c * batch.T + t) * heads.length + h]);
        expect(Math.abs(weight - expected)).toBeLessThan(1e-5);
      });
    });
    if (gates === undefined) expect(row.gates).toBeNull();
    else {
      expect(Math.abs(row.gates!.reduce((sum, gate) => sum + gate, 0) - 1)).toBeLessThan(1e-12);
      row.gates!.forEach((gate, m) => {
        const expected = Number(gates.data[c * modalities.length + m]) / modalities.length;
        expect(Math.abs(gate - expected)).toBeLessThan(1e-6);
      });
    }
  });
}

test("which steps are read: the last 12 by time before the request, and liked ones alone where the model reads those", async () => {
  const steps: HistoryStep[] = Array.from({ length: 30 }, (_, i) => ({
    item: `t${100 + i}`,
    time: 1000 + ((i * 7) % 30),
    label: i % 3 === 0 ? 1 : 0,
  }));
  const request = { history: steps, candidates: ["t105"], time: 1025 };
  for (const history of ["all", "positives"] as const) {
    const model = findModel("din").configure({ history });
    const explainer = await Explainer.create(model, () => noisyWeights(model), scoring());
    const [explained] = await explainRequest(explainer, columnsOf(request, model), {
      steps: earlierSteps(request, dataset.catalogue).history,
      titleOf: () => null,
    });
    const expected = steps
      .filter(({ time, label }) => time! < 1025 && (history === "all" || label === 1))
      .sort((a, b) => a.time! - b.time!)
      .slice(-12);
    expect(explained!.explanation.history.map(({ item, time }) => ({ item, time }))).toEqual(
      expected.map(({ item, time }) => ({ item, time })),
    );
    await explainer.close();
  }
});

test("5 steps: contributions are the Shapley values over all 32 choices, and say so", async () => {
  const model = findModel("mmdin").configure({});
  const weights = noisyWeights(model);
  const explainer = await Explainer.create(model, () => weights, scoring());
  const scorer = await RequestScorer.create(model, () => weights, scoring());
  const { known } = requestsOfKinds(dataset);
  const request = {
    ...known,
    history: earlierSteps(known, dataset.catalogue).history.slice(-5),
    candidates: known.candidates.slice(0, 2),
  };
  const found = await explainer.explain(columnsOf(request, model));
  expect(found).toMatchObject({ exact: true, orders: 120, runs: 2 * 32 + 2 });
  const logits: Float32Array[] = [];
  for (let kept = 0; kept < 32; kept++) {
    const history = request.history.filter((_, t) => kept & (1 << t));
    logits.push((await scorer.score(columnsOf({ ...request, history }, model))).slice());
  }
  const factorial = [1, 1, 2, 6, 24, 120];
  const bits = (kept: number): number => [0, 1, 2, 3, 4].filter((t) => kept & (1 << t)).length;
  for (let c = 0; c < 2; c++) {
    for (let t = 0; t < 5; t++) {
      let shapley = 0;
      for (let kept = 0; kept < 32; kept++) {
        if (kept & (1 << t)) continue;
        const weight = (factorial[bits(kept)]! * factorial[4 - bits(kept)]!) / 120;
        shapley += weight * (logits[kept | (1 << t)]![c]! - logits[kept]![c]!);
      }
      expect(Math.abs(found.rows[c]!.contributions[t]! - shapley)).toBeLessThan(1e-5);
      expect(found.rows[c]!.errors![t]).toBe(0);
    }
  }
  await explainer.close();
  await scorer.close();
});

test("what the item's own statistics did is the difference to an item without events", async () => {
  const model = findModel("mmdin").configure({});
  const weights = noisyWeights(model);
  const explainer = await Explainer.create(model, () => weights, scoring());
  const scorer = await RequestScorer.create(model, () => weights, scoring());
  const { known } = requestsOfKinds(dataset);
  const [as, ofNew] = [known, withCounters(known, { count: 0, positives: 0 })];
  const found = await explainer.explain(columnsOf(as, model));
  const [full, without] = [
    (await scorer.score(columnsOf(as, model))).slice(),
    await scorer.score(columnsOf(ofNew, model)),
  ];
  found.rows.forEach(({ statisticsChange }, c) => {
    expect(Math.abs(statisticsChange! - (full[c]! - without[c]!))).toBeLessThan(1e-5);
    expect(Math.abs(statisticsChange!)).toBeGreaterThan(1e-3);
  });
  await explainer.close();
  await scorer.close();
});

test("an item that came after the explainer was made is explained as a ranker that knows it scores it", async () => {
  const model = findModel("mmdin").configure({});
  const weights = noisyWeights(model);
  const explainer = await Explainer.create(model, () => weights, scoring());
  const catalogue = withOneMore(dataset.catalogue);
  const scorer = await RequestScorer.create(model, () => weights, { ...scoring(), catalogue });
  const items = new IdIndex([...ids.items.ids, "late"]);
  const { known } = requestsOfKinds(dataset);
  const request = {
    ...known,
    history: [...known.history, { item: "late", time: known.time! - 5, label: 1 as const }],
    candidates: ["late", "t103"],
  };
  const columns = requestColumns(request, { catalogue, ids: { ...ids, items }, history: model.history });
  const { rows, steps } = await explainer.explain(columns);
  const logits = await scorer.score(columns);
  expect(steps.length).toBe(8);
  rows.forEach(({ logit, nearest }, c) => {
    expect(Math.abs(logit - logits[c]!)).toBeLessThan(1e-5);
    if (c === 0) expect(nearest[0]).toMatchObject({ modality: "look", step: 7 });
  });
  expect(rows[0]!.nearest[0]!.cosine).toBeCloseTo(1, 6);
  await explainer.close();
  await scorer.close();
});

test("two questions at a time get the answers of one at a time", async () => {
  const model = findModel("bst").configure(ALL_FEATURES);
  const explainer = await Explainer.create(model, () => noisyWeights(model), scoring());
  const { known, missing } = requestsOfKinds(dataset);
  const [a, b] = [columnsOf(known, model), columnsOf(missing, model)];
  const alone = [await explainer.explain(a), await explainer.explain(b)];
  expect(await Promise.all([explainer.explain(a), explainer.explain(b)])).toEqual(alone);
  await explainer.close();
});

test("a question is given up between batches, by a signal or when it is late, and the next one is answered", async () => {
  const model = findModel("din").configure({});
  const explainer = await Explainer.create(model, () => noisyWeights(model), scoring());
  const { known } = requestsOfKinds(dataset);
  const candidates = Array.from({ length: 60 }, () => known.candidates[0]!);
  const columns = columnsOf({ ...known, candidates }, model);
  let asked = 0;
  const late = explainer.explain(columns, { late: () => ++asked > 2 });
  await expect(late).rejects.toMatchObject({ code: "DEADLINE", problem: "the explanation was given up" });
  expect(asked).toBe(3);
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  await expect(explainer.explain(columns, { signal: controller.signal })).rejects.toMatchObject({ code: "DEADLINE" });
  expect((await explainer.explain(columns)).rows.length).toBe(60);
  await explainer.close();
});

const scoring = () =>
  ({ catalogue: dataset.catalogue, threads: 1, device: "cpu", calibration: CALIBRATION, shift: 0.1 }) as const;

const columnsOf = (request: RankRequest, model: ConfiguredModel): BatchSourceColumns =>
  requestColumns(request, { catalogue: dataset.catalogue, ids, history: model.history });

/** Requests whose time and statistics are given, so that a step less changes nothing else: all known, nothing known, long, empty. */
function requests(): RankRequest[] {
  const { known, missing, nobody } = requestsOfKinds(dataset);
  const { lastTime } = dataset.catalogue;
  const long = Array.from({ length: 15 }, (_, i) => ({
    item: `t${100 + ((i * 11) % 40)}`,
    time: lastTime - 100_000 + 1000 * i,
    label: i % 2 === 0 ? (1 as const) : (0 as const),
    features: { stars: String(1 + (i % 5)), dwell: 3 * i },
  }));
  return [known, { ...known, history: long, candidates: known.candidates.slice(0, 2) }, missing, nobody[0]!].map(
    (request) => ({
      ...request,
      time: request.time ?? lastTime + 1,
      statistics: { ...request.statistics, user: { count: 9, positives: 5, means: { stars: { count: 8, sum: 27 } } } },
    }),
  );
}

function withCounters(request: RankRequest, counters: { count: number; positives: number }): RankRequest {
  const items = Object.fromEntries(request.candidates.map((item) => [item, counters]));
  return { ...request, statistics: { ...request.statistics, items } };
}

/** Weights of which none is at rest: those of a fresh model, shaken; tables that are counted, as they are counted. */
function noisyWeights(model: ConfiguredModel): Weights {
  const builder = new Builder({ training: false });
  model.forward(builder, { catalogue: dataset.catalogue });
  const weights = Weights.initial(builder, { seed: 3 });
  const counted = model.count?.({ catalogue: dataset.catalogue, ...trainingEntries(dataset) }) ?? {};
  for (const { name } of weights.specs) {
    const array = weights.get(name);
    if (counted[name]) array.set(counted[name]);
    else if (!builder.states.has(name)) {
      const random = new RandomStream(5, name);
      for (let i = 0; i < array.length; i++) array[i]! += 0.05 * random.normal();
    }
  }
  return weights;
}

/** The catalogue with one item more, which is as the second one. */
function withOneMore(catalogue: Catalogue): Catalogue {
  const more = (column: ModalityColumn): ModalityColumn => {
    if (column.kind === "vector") return { ...column, row: Int32Array.from([...column.row, column.row[2]!]) };
    if (column.kind === "number")
      return { ...column, values: Float32Array.from([...column.values, column.values[2]!]) };
    const codes = Int32Array.from([...column.codes, ...column.codes.subarray(column.offsets[2]!, column.offsets[3]!)]);
    return { ...column, codes, offsets: Int32Array.from([...column.offsets, codes.length]) };
  };
  const { items, itemCounters } = catalogue;
  const one = <T extends Uint32Array | Float64Array>(from: T): T => {
    const to = new (from.constructor as new (length: number) => T)(from.length + 1);
    to.set(from);
    return to;
  };
  return {
    ...catalogue,
    items: { ...items, count: items.count + 1 },
    modalities: catalogue.modalities.map(more),
    itemCounters: {
      count: one(itemCounters.count),
      positives: one(itemCounters.positives),
      means: Object.fromEntries(
        Object.entries(itemCounters.means).map(([name, { count, sum }]) => [
          name,
          { count: one(count), sum: one(sum) },
        ]),
      ),
    },
  };
}
