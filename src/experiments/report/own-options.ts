import { featureOptions } from "../../models/feature-options.js";
import type { CompareReport, ReportLine } from "./report.js";

type Plan = Pick<CompareReport["plan"], "features" | "set">;

/** The options that a preset of features gives, in the order in which a plan writes them. */
const FEATURE_OPTIONS = Object.keys(featureOptions);

/**
 * Options of a line alone, those that were tuned at their end: its `set` without what the features and the plan give to every line.
 *
 * A plan writes the features first, each once and in one order, then the options of every line, then the line's own.
 */
export function ownOptions({ set }: Pick<ReportLine, "set">, { features, set: common }: Plan): string[] {
  const given = typeof features === "object" ? Object.keys(features) : features === "own" ? [] : FEATURE_OPTIONS;
  let own = 0;
  for (const name of given) if (set[own]?.startsWith(`options.${name}=`)) own++;
  const isCommon = common.every((entry, index) => set[own + index] === entry);
  return set.slice(isCommon ? own + common.length : own);
}

/** Whether a line may read other features than its plan says: it has options of its own, or tuning has chosen among features. */
export function mayReadOthers(line: Pick<ReportLine, "set" | "trials">, plan: Plan): boolean {
  const tuned = line.trials.find(({ chosen }) => chosen)?.set ?? [];
  const isFeature = (entry: string): boolean => FEATURE_OPTIONS.some((name) => entry.startsWith(`options.${name}=`));
  return ownOptions(line, plan).some((entry) => !tuned.includes(entry) || isFeature(entry));
}
