import { ladderHeadline } from "./ladder-headline.js";
import { luckOf, seedsSentence } from "./luck.js";
import type { CompareReport, Comparison, ReportLine } from "./report.js";
import { against, decimal, type Headline, listing, plural, range, signed } from "./report-text.js";

/** The answer to "who wins, by how much, and is it luck?" in words. */
export function headline(report: CompareReport): Headline {
  return report.kind === "ablate" ? ladderHeadline(report) : winnerHeadline(report);
}

function winnerHeadline(report: CompareReport): Headline {
  const { lines, comparisons } = report;
  const best = lines.find(({ name }) => name === report.best);
  const mean = best?.indicators.auc.mean ?? null;
  if (best === undefined || mean === null) return { lead: "No model has a test AUC.", rest: [] };
  const seeds = plural(best.indicators.auc.count, "seed");
  const next = lines.find(({ name, indicators }) => name !== best.name && indicators.auc.mean !== null);
  if (next === undefined) {
    const alone = lines.length === 1 ? "There is no other model" : "No other model has one";
    const lead = `${best.name} has a test AUC of ${decimal(mean)} over ${seeds}.`;
    return { lead, rest: [`${alone} to compare it with.`, ...lossSentence(report, best)] };
  }
  const others = comparisons
    .filter(({ indicator }) => indicator === "auc")
    .flatMap((comparison) => against(comparison, best.name) ?? []);
  return {
    lead: `${best.name} has the highest test AUC: ${decimal(mean)} over ${seeds}.`,
    rest: [...marginSentence(others, next, best), ...luckSentences(report, others), ...lossSentence(report, best)],
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

function luckSentences(report: CompareReport, others: readonly Comparison[]): string[] {
  const named = (verdict: Comparison["verdict"]): string[] =>
    others.filter((comparison) => comparison.verdict === verdict).map(({ first }) => first);
  const [alike, worse, unknown] = [named("cannot be told apart"), named("worse"), named("undefined")];
  if (others.length === 0) return [];
  if (unknown.length === others.length) return ["Whether that is luck could not be judged."];
  const { beyond, whole } = luckOf(report);
  const judged = report.lines.filter(({ name }) => name === report.best || !unknown.includes(name));
  const sentences = [];
  if (worse.length === others.length) {
    const all = worse.length < 3 ? listing(worse) : `all ${worse.length} others`;
    sentences.push(
      whole ? `That is hardly luck: it is told apart from ${all}.` : `It is told apart from ${all} ${beyond}.`,
    );
  } else {
    const shown = alike.length > 4 ? `${plural(alike.length, "model")}, ${alike[0]} among them` : listing(alike);
    if (alike.length > 0) sentences.push(`That may be luck: it cannot be told apart from ${shown}.`);
    if (worse.length > 0) sentences.push(`It is better than ${plural(worse.length, "other")} ${beyond}.`);
    if (unknown.length > 0) sentences.push(`${plural(unknown.length, "other")} could not be judged.`);
  }
  return [...sentences, ...seedsSentence(report, judged)];
}

function lossSentence({ lines }: CompareReport, best: ReportLine): string[] {
  const measured = lines.filter(({ indicators }) => indicators.logLoss.mean !== null);
  const lowest = measured.sort((a, b) => a.indicators.logLoss.mean! - b.indicators.logLoss.mean!)[0];
  if (lowest === undefined) return [];
  const loss = decimal(lowest.indicators.logLoss.mean);
  if (lowest.name === best.name)
    return [measured.length === 1 ? `Its log-loss is ${loss}.` : `Its log-loss is the lowest too, ${loss}.`];
  const own = decimal(best.indicators.logLoss.mean);
  return [`The lowest log-loss is that of ${lowest.name}, ${loss}, beside ${own} of ${best.name}.`];
}
