import { describe, expect, test } from "vitest";
import { auc, denseGroups, logLoss, pairedBootstrap, weightedAuc } from "../../metrics/index.js";
import { RandomStream } from "../../random.js";
import type { CellScores } from "./cell.js";
import { type ComparedRows, compareLines } from "./comparisons.js";

const PEOPLE = 60;
const ROWS = 1800;
const random = new RandomStream(3, "comparisons");
const user = Int32Array.from({ length: ROWS }, () => random.below(PEOPLE));
const truth = Float32Array.from({ length: ROWS }, () => random.normal());
const label = Uint8Array.from(truth, (logit) => (random.uniform() < 1 / (1 + Math.exp(-2 * logit)) ? 1 : 0));
const people = denseGroups(user);
const rows: ComparedRows = { label, people, listPeople: null };

/** Two trainings that see the truth through this much noise. */
const line = (name: string, noise: number) => ({
  name,
  scores: [1, 2].map((seed): CellScores => {
    const own = new RandomStream(seed, name);
    const logits = truth.map((logit) => 2 * logit + noise * own.normal());
    return { logits, rawLogits: logits, ranks: null };
  }),
});
const [clear, alike, dim] = [line("clear", 0.5), line("alike", 0.5), line("dim", 4)];
const of = (found: Awaited<ReturnType<typeof compareLines>>, indicator: string) =>
  found.find((comparison) => comparison.indicator === indicator)!;

describe("two lines on the same rows", async () => {
  const found = await compareLines([clear, dim], rows, { pairs: [[0, 1]], resamples: 300 });

  test("the difference is that of the means over seeds", () => {
    const mean = ({ scores }: typeof clear, metric: typeof auc | typeof logLoss) =>
      scores.reduce((sum, { logits }) => sum + metric(logits, label)!, 0) / scores.length;
    expect(of(found, "auc").difference).toBeCloseTo(mean(clear, auc) - mean(dim, auc), 12);
    expect(of(found, "logLoss").difference).toBeCloseTo(mean(clear, logLoss) - mean(dim, logLoss), 12);
  });

  test("higher AUC and lower log-loss are both better, the other way round both worse", async () => {
    const turned = await compareLines([clear, dim], rows, { pairs: [[1, 0]], resamples: 300 });
    expect([of(found, "auc").verdict, of(found, "logLoss").verdict]).toEqual(["better", "better"]);
    expect([of(turned, "auc").verdict, of(turned, "logLoss").verdict]).toEqual(["worse", "worse"]);
    expect(of(turned, "auc").interval).toEqual([-of(found, "auc").interval![1], -of(found, "auc").interval![0]]);
  });

  test("no lists of candidates, no HR@10", () => {
    expect(found.map(({ indicator }) => indicator)).toEqual(["auc", "gauc", "logLoss"]);
  });
});

test("two lines that differ by noise alone cannot be told apart", async () => {
  const found = of(await compareLines([clear, alike], rows, { pairs: [[0, 1]], resamples: 300 }), "auc");
  expect(found.verdict).toBe("cannot be told apart");
  expect(found.p).toBeGreaterThan(0.05);
});

test("with one seed each, the error over people is that of the paired bootstrap, to a tenth", async () => {
  const single = (many: typeof clear) => ({ ...many, scores: many.scores.slice(0, 1) });
  const lines = [single(clear), single(alike)];
  const found = of(await compareLines(lines, rows, { pairs: [[0, 1]], resamples: 2000 }), "auc");
  const metric = ({ scores }: typeof clear) => weightedAuc(scores[0]!.logits, { labels: label, groups: people });
  const both = { first: metric(clear), second: metric(alike) };
  const known = pairedBootstrap(both, { groups: people.count, resamples: 2000 });
  const width = (interval: readonly number[]) => interval[1]! - interval[0]!;
  expect(width(found.interval!) / width(known.interval!)).toBeGreaterThan(0.9);
  expect(width(found.interval!) / width(known.interval!)).toBeLessThan(1.1);
});

test("HR@10 is compared over lists, in halves of ranks: 10 hits and 10.5 does not", async () => {
  const ranks = (rank: number) => Float32Array.from({ length: PEOPLE }, () => rank);
  const with10 = (name: string, rank: number) => ({ name, scores: [{ ...clear.scores[0]!, ranks: ranks(rank) }] });
  const listPeople = { ids: Int32Array.from({ length: PEOPLE }, (_, i) => i), count: PEOPLE };
  const lines = [with10("hit", 10), with10("miss", 10.5)];
  const found = await compareLines(lines, { ...rows, listPeople }, { pairs: [[0, 1]], resamples: 100 });
  expect(of(found, "hitRate10")).toMatchObject({ difference: 1, verdict: "better", agreement: 1 });
});

test("one person, or one class, leaves a difference without verdict", async () => {
  const alone: ComparedRows = { ...rows, people: denseGroups(new Int32Array(ROWS)) };
  const found = of(await compareLines([clear, dim], alone, { pairs: [[0, 1]] }), "auc");
  expect([found.verdict, found.interval, found.p]).toEqual(["undefined", null, null]);
  expect(found.difference).not.toBeNull();
  const one: ComparedRows = { ...rows, label: new Uint8Array(ROWS).fill(1) };
  const none = await compareLines([clear, dim], one, { pairs: [[0, 1]], resamples: 50 });
  expect(of(none, "auc").difference).toBeNull();
});

test("a line without a finished training is not compared, and does not stop the others", async () => {
  const none = { name: "none", scores: [] };
  const pairs = [
    [0, 1],
    [0, 2],
  ] as const;
  const found = await compareLines([clear, none, dim], rows, { pairs, resamples: 200 });
  const verdicts = found.filter(({ indicator }) => indicator === "auc").map(({ verdict }) => verdict);
  expect(verdicts).toEqual(["undefined", "better"]);
});
