import { expect, test } from "vitest";
import { ablationFixture, compareFixture } from "../../../test/compare/report-fixture.js";
import { headline } from "./headline.js";
import type { CompareReport, Comparison } from "./report.js";

/** A report with some of its lines, and the comparisons among them. */
function only(report: CompareReport, names: readonly string[]): CompareReport {
  const lines = report.lines.filter(({ name }) => names.includes(name));
  const comparisons = report.comparisons.filter(({ first, second }) => [first, second].every((n) => names.includes(n)));
  return { ...report, lines, comparisons };
}

const withSeeds = (report: CompareReport, seeds: number[]): CompareReport => ({
  ...report,
  plan: { ...report.plan, seeds },
});

const unjudged = (comparison: Comparison): Comparison => ({ ...comparison, difference: null, verdict: "undefined" });

test("with five seeds a winner that is told apart from all others is hardly luck", () => {
  const { rest } = headline(only(compareFixture(), ["mmdin", "din", "lr", "popularity"]));
  expect(rest.slice(1)).toEqual([
    "That is hardly luck: it is told apart from all 3 others.",
    "Its log-loss is the lowest too, 0.4652.",
  ]);
  expect(headline(only(compareFixture(), ["mmdin", "din", "lr"])).rest[1]).toBe(
    "That is hardly luck: it is told apart from din and lr.",
  );
});

test("with one or two seeds a win is over people, and trainings are not judged", () => {
  const report = only(compareFixture(), ["mmdin", "din", "lr", "popularity"]);
  expect(headline(withSeeds(report, [1])).rest.slice(1, 3)).toEqual([
    "It is told apart from all 3 others beyond the luck of who is in test.",
    "There is one seed: trainings are not judged, this is over people only.",
  ]);
  expect(headline(withSeeds(report, [1, 2])).rest[2]).toBe(
    "There are 2 seeds: trainings are hardly judged, this is over people above all.",
  );
  expect(headline(withSeeds(compareFixture(), [1])).rest.join(" ")).toContain(
    "It is better than 12 others beyond the luck of who is in test. There is one seed",
  );
});

test("a line with two finished seeds of five is named as one whose trainings cannot be judged", () => {
  const report = only(compareFixture(), ["mmdin", "din", "lr"]);
  report.lines[2]!.indicators.auc.count = 2;
  expect(headline(report).rest[2]).toBe("Too few seeds of lr finished to judge trainings by.");
});

test("others that could not be judged are counted apart, and where none could be there is no verdict", () => {
  const report = only(compareFixture(), ["mmdin", "din", "lr"]);
  const [first, ...others] = report.comparisons;
  expect(headline({ ...report, comparisons: [unjudged(first!), ...others] }).rest.slice(1, 3)).toEqual([
    "It is better than 1 other beyond luck.",
    "1 other could not be judged.",
  ]);
  expect(headline({ ...report, comparisons: report.comparisons.map(unjudged) }).rest[1]).toBe(
    "Whether that is luck could not be judged.",
  );
});

test("one model alone is neither the highest nor the lowest of anything", () => {
  expect(headline(only(compareFixture(), ["mmdin"]))).toEqual({
    lead: "mmdin has a test AUC of 0.8611 over 5 seeds.",
    rest: ["There is no other model to compare it with.", "Its log-loss is 0.4652."],
  });
  const report = only(compareFixture(), ["mmdin", "din"]);
  const [, other] = report.lines;
  for (const name of ["auc", "logLoss"] as const) other!.indicators[name].mean = null;
  expect(headline(report).rest).toEqual(["No other model has one to compare it with.", "Its log-loss is 0.4652."]);
});

/** An ablation whose comparisons in AUC are changed where `of` says so. */
function changed(of: (comparison: Comparison) => Partial<Comparison>): CompareReport {
  const report = ablationFixture();
  return { ...report, comparisons: report.comparisons.map((one) => ({ ...one, ...of(one) })) };
}

test("parts that are missed are named, and the one without which it is better", () => {
  const { rest } = headline(ablationFixture());
  expect(rest.slice(-2)).toEqual([
    "Taken away alone, these are missed beyond luck: modalities, modalities in attention, attention, the heads per modality, similarity tiers, cross layers, the MLP, behaviour and statistics.",
    "Without ages it is better beyond luck.",
  ]);
  const harmful = changed(({ first }) => (/less (?:ages|gates)$/.test(first) ? { verdict: "better" } : {}));
  expect(headline(harmful).rest.at(-1)).toBe("Without any one of these it is better beyond luck: gates and ages.");
});

test("removals that could not be judged do not count as not missed", () => {
  const isRemoval = ({ first }: Comparison): boolean => first.startsWith("whole less");
  const lost = changed((one) => (isRemoval(one) ? unjudged(one) : {}));
  expect(headline(lost).rest.at(-1)).toBe("What is missed without a part could not be judged.");
  const some = changed((one) => {
    if (/less (?:ages|gates)$/.test(one.first)) return unjudged(one);
    return isRemoval(one) ? { verdict: "cannot be told apart" } : {};
  });
  expect(headline(some).rest.slice(-2)).toEqual([
    "No single part is missed beyond luck, judged by AUC, when it alone is taken away.",
    "2 parts could not be judged.",
  ]);
});

test("a rung that failed leaves two steps that could not be judged, and they do not count among those without gain", () => {
  const failed = "+ several heads";
  const isBeside = ({ first, second }: Comparison): boolean => first === failed || second === failed;
  expect(headline(changed((one) => (isBeside(one) ? unjudged(one) : {}))).rest.slice(0, 3)).toEqual([
    "The largest step is + modalities in attention, +0.0220.",
    "2 steps could not be judged.",
    "Of the other 6, 4 gain beyond luck.",
  ]);
  const rest = headline(changed((one) => unjudged(one))).rest;
  expect(rest).toEqual(["No step could be judged.", "What is missed without a part could not be judged."]);
});

test("an ablation with one seed is over people only", () => {
  const { rest } = headline(withSeeds(ablationFixture(), [1]));
  expect(rest[1]).toBe("Of 8 steps, 5 gain beyond the luck of who is in test.");
  expect(rest.at(-1)).toBe("There is one seed: trainings are not judged, this is over people only.");
});
