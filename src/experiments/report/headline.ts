import { ladderOf } from "./ladder.js";
import type { CompareReport, Comparison, ReportLine } from "./report.js";
import { against, decimal, INDICATOR_NAMES, listing, plural, range, signed } from "./report-text.js";

export interface Headline {
  /** Who wins, in one short sentence. */
  lead: string;
  /** By how much, and whether it is luck. */
  rest: string[];
}

/** The answer to "who wins, by how much, and is it luck?" in words. */
export function headline(report: CompareReport): Headline {
  return report.kind === "ablate" ? ladderHeadline(report) : winnerHeadline(report);
}

function winnerHeadline(report: CompareReport): Headline {
  const best = report.lines.find(({ name }) => name === report.best);
  const mean = best?.indicators.auc.mean ?? null;
  if (best === undefined || mean === null) return { lead: "No model has a test AUC.", rest: [] };
  const { count } = best.indicators.auc;
  const lead = `${best.name} has the highest test AUC: ${decimal(mean)} over ${plural(count, "seed")}.`;
  const next = report.lines.find(({ name, indicators }) => name !== best.name && indicators.auc.mean !== null);
  if (next === undefined)
    return { lead, rest: ["There is no other model to compare it with.", ...lossSentence(report, best)] };
  const others = report.comparisons
    .filter(({ indicator }) => indicator === "auc")
    .flatMap((comparison) => against(comparison, best.name) ?? []);
  return {
    lead,
    rest: [...marginSentence(others, next, best), ...luckSentence(others), ...lossSentence(report, best)],
  };
}

function marginSentence(others: readonly Comparison[], next: ReportLine, best: ReportLine): string[] {
  const found = others.find(({ first }) => first === next.name);
  const plain = (best.indicators.auc.mean ?? 0) - (next.indicators.auc.mean ?? 0);
  const margin = found?.difference == null ? plain : -found.difference;
  const interval: [number, number] | null = found?.interval ? [-found.interval[1], -found.interval[0]] : null;
  const bounds = interval === null ? "" : ` (95 % interval ${range(interval, signed)})`;
  return [`It is ${decimal(margin)} above ${next.name}, the next${bounds}.`];
}

function luckSentence(others: readonly Comparison[]): string[] {
  const named = (verdict: Comparison["verdict"]): string[] =>
    others.filter((comparison) => comparison.verdict === verdict).map(({ first }) => first);
  const [alike, worse] = [named("cannot be told apart"), named("worse")];
  if (others.length === 0) return [];
  if (alike.length === 0 && worse.length === others.length)
    return [
      `That is hardly luck: it is told apart from ${others.length === 1 ? "it" : others.length === 2 ? "both others" : `all ${others.length} others`}.`,
    ];
  const sentences = [];
  if (alike.length > 0) {
    const shown = alike.length > 4 ? `${plural(alike.length, "model")}, ${alike[0]} among them` : listing(alike);
    sentences.push(`That may be luck: it cannot be told apart from ${shown}.`);
  }
  if (worse.length > 0) sentences.push(`It is better than ${plural(worse.length, "other")} beyond luck.`);
  return sentences;
}

function lossSentence({ lines }: CompareReport, best: ReportLine): string[] {
  const lowest = lines
    .filter(({ indicators }) => indicators.logLoss.mean !== null)
    .sort((a, b) => a.indicators.logLoss.mean! - b.indicators.logLoss.mean!)[0];
  if (lowest === undefined) return [];
  const loss = decimal(lowest.indicators.logLoss.mean);
  if (lowest.name === best.name) return [`Its log-loss is the lowest too, ${loss}.`];
  const own = decimal(best.indicators.logLoss.mean);
  return [`The lowest log-loss is that of ${lowest.name}, ${loss}, beside ${own} of ${best.name}.`];
}

function ladderHeadline(report: CompareReport): Headline {
  const { rungs, steps, without } = ladderOf(report, "auc");
  const meanOf = (name: string | undefined): number | null =>
    report.lines.find((line) => line.name === name)?.indicators.auc.mean ?? null;
  const [bottom, top] = [meanOf(rungs[0]), meanOf(rungs.at(-1))];
  if (bottom === null || top === null) return { lead: "The ladder has no test AUC at its ends.", rest: [] };
  const lead = `From ${rungs[0]} to ${rungs.at(-1)}: test AUC ${decimal(bottom)} to ${decimal(top)}, ${signed(top - bottom)}.`;
  const real = steps.filter(({ verdict }) => verdict === "better");
  const worse = steps.filter(({ verdict }) => verdict === "worse");
  const largest = [...steps].sort((a, b) => (b.difference ?? -1) - (a.difference ?? -1))[0];
  const rest = [];
  if (largest !== undefined && largest.difference !== null && largest.difference > 0)
    rest.push(`The largest step is ${largest.first}, ${signed(largest.difference)}.`);
  if (steps.length > 0) {
    const loses = worse.length === 0 ? "" : `, ${worse.length} ${worse.length === 1 ? "loses" : "lose"} beyond it`;
    rest.push(
      `Of ${plural(steps.length, "step")}, ${real.length} ${real.length === 1 ? "gains" : "gain"} beyond luck${loses}.`,
    );
  }
  const missed = without.filter(({ verdict }) => verdict === "worse").map(({ first }) => first);
  if (without.length > 0)
    rest.push(
      missed.length === 0
        ? `No single part is missed beyond luck, judged by ${INDICATOR_NAMES.auc}, when it alone is taken away.`
        : `Taken away alone, these are missed beyond luck: ${listing(missed)}.`,
    );
  return { lead, rest };
}
