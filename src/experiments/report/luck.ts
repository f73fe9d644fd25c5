import type { CompareReport, ReportLine } from "./report.js";
import { listing } from "./report-text.js";

/** From this many seeds on the spread of trainings is known well enough to judge by. */
const ENOUGH = 3;

/** Which luck the verdicts of a report are beyond. */
export interface Luck {
  /** "beyond luck", as far as the seeds let it be said. */
  beyond: string;
  /** Whether there are seeds enough for all of it. */
  whole: boolean;
  /** What the intervals of differences are of. */
  intervals: string;
}

/** With one or two seeds verdicts are of people: a training that started otherwise might turn them. */
export function luckOf({ plan }: Pick<CompareReport, "plan">): Luck {
  const seeds = plan.seeds.length;
  const people = "who is in test (bootstrap over people)";
  return {
    beyond: seeds < ENOUGH ? "beyond the luck of who is in test" : "beyond luck",
    whole: seeds >= ENOUGH,
    intervals:
      seeds < 2
        ? `Intervals are of one kind of luck, ${people}: with one seed the other, how a training starts, is not seen.`
        : `Intervals are of two kinds of luck, ${people} and how a training starts (spread over seeds).`,
  };
}

/** What verdicts on these lines leave out; nothing where all of them have seeds enough. */
export function seedsSentence({ plan }: Pick<CompareReport, "plan">, lines: readonly ReportLine[]): string[] {
  if (plan.seeds.length < 2) return ["There is one seed: trainings are not judged, this is over people only."];
  if (plan.seeds.length < ENOUGH)
    return [`There are ${plan.seeds.length} seeds: trainings are hardly judged, this is over people above all.`];
  const few = lines.filter(({ indicators }) => indicators.auc.count > 0 && indicators.auc.count < ENOUGH);
  if (few.length === 0) return [];
  return [`Too few seeds of ${listing(few.map(({ name }) => name))} finished to judge trainings by.`];
}
