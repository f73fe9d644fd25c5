import { mayReadOthers } from "./own-options.js";
import type { CompareReport } from "./report.js";
import { count, duration, plural, share } from "./report-text.js";

/** "test 10,084 rows of 610 people, 40.9 % positive" and the like, in one line. */
export function datasetLine({ dataset }: CompareReport): string {
  const { splits, users, negatives } = dataset;
  const split = (name: keyof typeof splits): string =>
    `${name} ${count(splits[name].rows)} rows (${share(splits[name].positives)} positive)`;
  const candidates = negatives === null ? [] : [`${count(negatives)} fixed candidates beside each positive`];
  const parts = [split("train"), split("valid"), split("test"), `${plural(users, "user")} in test`, ...candidates];
  return `${dataset.name}: ${parts.join(", ")}.`;
}

const FEATURES = {
  own: "each model reads the features of its own defaults",
  all: "every neural model reads all features",
  textbook: "every neural model reads the features of textbooks alone (ids, history of positives)",
} as const;

function featuresText({ lines, plan }: Pick<CompareReport, "lines" | "plan">): string {
  const { features } = plan;
  const except = lines.some((line) => mayReadOthers(line, plan)) ? ", except lines with options of their own" : "";
  if (typeof features === "string") return `${FEATURES[features]}${except}`;
  const named = Object.entries(features).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return `every neural model is given ${named.join(", ").replaceAll('"', "")}${except}`;
}

/** How the models were trained, in one line. */
export function planLine({ lines, plan }: Pick<CompareReport, "lines" | "plan">): string {
  const { seeds, set, tuning, base } = plan;
  const parts = [
    `${plural(seeds.length, "seed")} (${seeds.join(", ")})`,
    featuresText({ lines, plan }),
    tuning === null ? "no tuning" : `tuned on validation, ${plural(tuning.trials, "trial")} per model`,
    ...(set.length === 0 ? [] : [`every model with ${set.join(" ")}`]),
    `RelaImpr against ${base}`,
  ];
  return `${parts.join("; ")}.`;
}

/** What made the report, when, where and how long it took, and the dataset exactly. */
export function madeLine({ mmdin, times, plan, dataset }: CompareReport): string {
  const made = [
    `mmdin ${mmdin}`,
    times.created,
    times.machine,
    plural(plan.threads, "thread"),
    duration(times.seconds),
  ];
  return `${made.join(", ")}; dataset ${dataset.hash}.`;
}
