import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RankRequest } from "../src/contract.js";
import type { BatchSourceColumns } from "../src/data/batch.js";
import { type Dataset, IdIndex } from "../src/data/index.js";
import { mergeRequests } from "../src/data/merge-requests.js";
import { requestColumns } from "../src/data/request-columns.js";
import { findModel, modelNames } from "../src/models/registry.js";
import { groupRequests, SMALL, TOGETHER } from "../src/serving/ranker/together.js";
import { RequestScorer } from "../src/serving/request-scorer.js";
import { Weights } from "../src/training/weights.js";
import { requestsOfKinds } from "./exam/requests.js";
import { prepareToy } from "./exam/toy-world.js";

let folder: string;
let dataset: Dataset;
let requests: RankRequest[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mmdin-merged-"));
  dataset = await prepareToy(folder);
  const { known, missing, unknown, strangers, nobody } = requestsOfKinds(dataset);
  requests = [known, nobody[0]!, missing, unknown, { ...known, history: known.history.slice(2, 5) }, strangers];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function columnsOf(history: "all" | "positives"): BatchSourceColumns[] {
  const { catalogue } = dataset;
  const ids = { items: IdIndex.of(catalogue, "items"), users: IdIndex.of(catalogue, "users") };
  return requests.map((request) => requestColumns(request, { catalogue, ids, history }));
}

const VARIANTS = [...modelNames().map((name) => [name, {}] as const), ["din", { history: "positives" }] as const];

test.each(VARIANTS)(
  "%s %o: requests of six people in one run get the logits that each gets alone, to 1e-5",
  async (name, options) => {
    const model = findModel(name).configure(options);
    const scoring = {
      catalogue: dataset.catalogue,
      threads: 1,
      device: "cpu",
      calibration: { kind: "none" },
      shift: 0,
    } as const;
    const weights = (builder: Parameters<typeof Weights.initial>[0]): Weights => Weights.initial(builder, { seed: 4 });
    const alone = await RequestScorer.create(model, weights, scoring);
    const together = await RequestScorer.create({ ...model, sharesHistory: false }, weights, scoring);
    const columns = columnsOf(model.history);
    const merged = await together.score(mergeRequests(columns));
    const apart: number[] = [];
    for (const each of columns) apart.push(...(await alone.score(each)));
    expect(merged).toHaveLength(apart.length);
    if (findModel(name).isTrained && name !== "lr") expect(new Set(apart).size).toBeGreaterThan(6);
    apart.forEach((logit, row) => {
      expect(Math.abs(merged[row]! - logit)).toBeLessThan(1e-5);
    });
    await alone.close();
    await together.close();
  },
);

test("small requests are grouped in their order up to a bound, large ones are left alone", () => {
  const [one] = columnsOf("all");
  const of = (rows: number, steps: number): BatchSourceColumns => ({
    ...one!,
    rows: { ...one!.rows, count: rows },
    events: { ...one!.events, count: steps + 1 },
  });
  // Merging is of no interest here: what is grouped is one request each.
  const { small, large } = groupRequests([of(SMALL, 2), of(1, 0)]);
  expect(large).toEqual([0]);
  expect(small.map(({ places }) => places)).toEqual([[1]]);
  const many = Array.from({ length: 20 }, () => one!);
  const cells = one!.rows.count * (one!.events.count - 1);
  const groups = groupRequests(many).small.map(({ places }) => places);
  expect(groups.flat()).toEqual(many.map((_, place) => place));
  expect(groups.every((places) => places.length * cells <= TOGETHER)).toBe(true);
});
