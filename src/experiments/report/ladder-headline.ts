import { ladderOf, partOf } from "./ladder.js";
import { luckOf, seedsSentence } from "./luck.js";
import type { CompareReport, Comparison } from "./report.js";
import { decimal, type Headline, INDICATOR_NAMES, listing, plural, signed } from "./report-text.js";

/** What an ablation has found, in words: the ladder from end to end, its steps, and the parts taken away alone. */
export function ladderHeadline(report: CompareReport): Headline {
  const { rungs, steps, without } = ladderOf(report, "auc");
  const meanOf = (name: string | undefined): number | null =>
    report.lines.find((line) => line.name === name)?.indicators.auc.mean ?? null;
  const [bottom, top] = [meanOf(rungs[0]), meanOf(rungs.at(-1))];
  const lead =
    bottom === null || top === null
      ? "The ladder has no test AUC at its ends."
      : `From ${rungs[0]} to ${rungs.at(-1)}: test AUC ${decimal(bottom)} to ${decimal(top)}, ${signed(top - bottom)}.`;
  const { beyond } = luckOf(report);
  const isJudged = [...steps, ...without].some(({ verdict }) => verdict !== "undefined");
  const seeds = isJudged ? seedsSentence(report, report.lines) : [];
  return { lead, rest: [...stepSentences(steps, beyond), ...partSentences(without, beyond), ...seeds] };
}

function stepSentences(steps: readonly Comparison[], beyond: string): string[] {
  const judged = steps.filter(({ verdict }) => verdict !== "undefined");
  const lost = steps.length - judged.length;
  if (judged.length === 0) return lost === 0 ? [] : ["No step could be judged."];
  const sentences = [];
  const largest = [...judged].sort((a, b) => (b.difference ?? 0) - (a.difference ?? 0))[0];
  if (largest?.difference && largest.difference > 0)
    sentences.push(`The largest step is ${largest.first}, ${signed(largest.difference)}.`);
  const gains = judged.filter(({ verdict }) => verdict === "better").length;
  const losses = judged.filter(({ verdict }) => verdict === "worse").length;
  const loses = losses === 0 ? "" : `, ${losses} ${losses === 1 ? "loses" : "lose"} beyond it`;
  if (lost > 0) sentences.push(`${plural(lost, "step")} could not be judged.`);
  const all = lost > 0 ? `the other ${judged.length === 1 ? "one" : judged.length}` : plural(judged.length, "step");
  return [...sentences, `Of ${all}, ${gains} ${gains === 1 ? "gains" : "gain"} ${beyond}${loses}.`];
}

function partSentences(without: readonly Comparison[], beyond: string): string[] {
  const named = (verdict: Comparison["verdict"]): string[] =>
    without.filter((comparison) => comparison.verdict === verdict).map(({ first }) => partOf(first));
  const [missed, harmful, unknown] = [named("worse"), named("better"), named("undefined")];
  if (without.length === 0) return [];
  if (unknown.length === without.length) return ["What is missed without a part could not be judged."];
  const sentences = [
    missed.length === 0
      ? `No single part is missed ${beyond}, judged by ${INDICATOR_NAMES.auc}, when it alone is taken away.`
      : `Taken away alone, ${missed.length === 1 ? "this is" : "these are"} missed ${beyond}: ${listing(missed)}.`,
  ];
  if (harmful.length === 1) sentences.push(`Without ${harmful[0]} it is better ${beyond}.`);
  if (harmful.length > 1) sentences.push(`Without any one of these it is better ${beyond}: ${listing(harmful)}.`);
  if (unknown.length > 0)
    sentences.push(`${unknown.length === 1 ? "One part" : `${unknown.length} parts`} could not be judged.`);
  return sentences;
}
