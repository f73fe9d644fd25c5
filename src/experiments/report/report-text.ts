import type { Summary } from "../../metrics/index.js";
import type { Comparison, Indicator, ReportLine } from "./report.js";

/** What a report says first. */
export interface Headline {
  /** Who wins, in one short sentence. */
  lead: string;
  /** By how much, and whether it is luck. */
  rest: string[];
}

/** Indicators as readers know them. */
export const INDICATOR_NAMES = {
  auc: "AUC",
  gauc: "gAUC",
  logLoss: "log-loss",
  prAuc: "PR-AUC",
  accuracy: "accuracy",
  ece: "ECE",
  hitRate10: "HR@10",
  ndcg10: "NDCG@10",
  mrr: "MRR",
  coverage10: "coverage@10",
} as const satisfies Record<Indicator, string>;

/** Those that only a dataset with fixed candidates has. */
export const RANKING_INDICATORS = ["hitRate10", "ndcg10", "mrr", "coverage10"] as const satisfies Indicator[];

/** Four digits after the point, - for what is not defined. */
export function decimal(value: number | null): string {
  return value === null || !Number.isFinite(value) ? "-" : withoutMinusZero(value.toFixed(4));
}

/** "+0.0041", "-0.0012", "0.0000"; - for what is not defined. */
export function signed(value: number | null, digits = 4): string {
  if (value === null || !Number.isFinite(value)) return "-";
  const text = withoutMinusZero(value.toFixed(digits));
  return Number(text) > 0 ? `+${text}` : text;
}

/** "+3.21 %" of a number that is in per cent; - for what is not defined. */
export function signedPercent(value: number | null): string {
  const text = signed(value, 2);
  return text === "-" ? text : `${text} %`;
}

/** "0.8712 ± 0.0010", half of the 95 % interval behind the sign; the mean alone where one seed was finished. */
export function meanAndHalf({ mean, interval }: Summary): string {
  const half = halfOf(interval);
  return half === null ? decimal(mean) : `${decimal(mean)} ± ${decimal(half)}`;
}

/** Half of an interval's width. */
export function halfOf(interval: [number, number] | null): number | null {
  return interval === null ? null : (interval[1] - interval[0]) / 2;
}

/** "0.0021 to 0.0060" */
export function range([low, high]: readonly [number, number], digits: (value: number) => string = decimal): string {
  return `${digits(low)} to ${digits(high)}`;
}

/** "80,668", - for what is not known. */
export function count(value: number | null): string {
  return value === null || !Number.isFinite(value) ? "-" : Math.round(value).toLocaleString("en-US");
}

/** "1 seed", "5 seeds" */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** "a", "a and b", "a, b and c" */
export function listing(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** "51.6 %" of a share. */
export function share(value: number): string {
  return Number.isFinite(value) ? `${(100 * value).toFixed(1)} %` : "-";
}

/** Seconds as people say them: "8.0 s", "3 min 20 s", "2 h 5 min"; - for what is not known. */
export function duration(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return "-";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** "coldItems" -> "cold items" */
export function sliceName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A comparison as "other - reference", however it was written. */
export function against(comparison: Comparison, reference: string): Comparison | undefined {
  if (comparison.second === reference) return comparison;
  if (comparison.first !== reference) return undefined;
  const { first, second, difference, interval, verdict } = comparison;
  const turned = verdict === "better" ? "worse" : verdict === "worse" ? "better" : verdict;
  return {
    ...comparison,
    first: second,
    second: first,
    difference: difference === null ? null : -difference,
    interval: interval === null ? null : [-interval[1], -interval[0]],
    verdict: turned,
  };
}

/** Seeds that were finished of all that were begun. */
export function finishedOf({ cells }: ReportLine): string {
  return `${cells.filter(({ state }) => state === "finished").length} of ${cells.length}`;
}

function withoutMinusZero(text: string): string {
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text;
}
