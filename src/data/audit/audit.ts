import { MmdinError } from "../../errors.js";
import type { Dataset } from "../columns.js";
import { openDataset } from "../open.js";
import { AuditView } from "./audit-view.js";
import { describeExample } from "./describe-example.js";
import { checkEqualRows } from "./equal-rows.js";
import { checkHistories } from "./histories.js";
import { checkItemStatistics } from "./item-statistics-check.js";
import { checkKnownNegatives } from "./known-negatives.js";
import { checkNormalisers } from "./normalisers.js";
import { checkPriorMeans } from "./prior-means.js";
import { type AuditReport, CHECKS, type CheckName, type Finding } from "./report.js";
import { checkTellingFeatures } from "./telling-features.js";
import { unjudged } from "./unjudged.js";
import { checkUserStatistics } from "./user-statistics-check.js";
import { checkVocabularies } from "./vocabularies.js";
import { warningsOf } from "./warnings.js";

type Check = (view: AuditView) => Finding[];

/** Share of the events of validation, or of test, that may stand in another split where a training begins. */
const TOLERATED = 0.01;

/** Linear, without sorting. */
const CHEAP: readonly Check[] = [
  checkHistories,
  checkKnownNegatives,
  (view) => checkEqualRows(view, { tolerated: TOLERATED }),
];
const WHOLE: readonly Check[] = [
  checkHistories,
  checkKnownNegatives,
  (view) => checkEqualRows(view),
  checkUserStatistics,
  checkItemStatistics,
  checkPriorMeans,
  checkNormalisers,
  checkVocabularies,
  checkTellingFeatures,
];

export interface AuditOptions {
  /** A prepared dataset: the folder, or as it was opened. */
  data: string | Dataset;
}

/**
 * Audits a prepared dataset for leaks: what a row must not know of the future, of itself, or of its label. Everything is
 * computed again from the events that the dataset holds, apart from the code that prepared it.
 *
 * @throws MmdinError FORMAT where the folder is no prepared dataset, or damaged.
 * @example
 * const { passed, failures } = audit({ data: "data/shop" });
 */
export function audit({ data }: AuditOptions): AuditReport {
  return auditDataset(typeof data === "string" ? openDataset(data) : data);
}

/** Audits a dataset that is open. */
export function auditDataset(dataset: Dataset): AuditReport {
  const begin = performance.now();
  const view = new AuditView(dataset);
  const failures = WHOLE.flatMap((check) => check(view));
  const failed = new Set<string>(failures.map(({ check }) => check));
  const { manifest, catalogue, events, rows, directory } = dataset;
  return {
    name: manifest.name,
    directory,
    hash: manifest.hash,
    clock: catalogue.history.clock,
    events: events.count,
    rows: { train: rows.train.count, valid: rows.valid.count, test: rows.test.count },
    passed: failures.length === 0,
    checks: checkNames().map((name) => ({ name, holds: CHECKS[name], passed: !failed.has(name) })),
    failures,
    warnings: warningsOf(view),
    notChecked: [...view.notChecked, ...unjudged(view)],
    seconds: (performance.now() - begin) / 1000,
  };
}

/**
 * The cheap part of the audit, for those who are about to train: histories, negatives, rows across splits. A few equal
 * rows are let pass, up to 1 in 100 events of validation and of test: people click twice in one second, and a cut in time
 * or the rule "last and one before" can fall between the two. `audit` fails on any.
 *
 * @throws MmdinError DATA with the first finding.
 */
export function refuseLeaks(dataset: Dataset): void {
  const view = new AuditView(dataset);
  for (const check of CHEAP) {
    const [finding] = check(view);
    if (finding) throw leak(dataset, finding);
  }
}

function leak({ directory, catalogue }: Dataset, { check, sentence, rows, examples, fix }: Finding): MmdinError {
  const [example] = examples;
  const such = example ? `, such as ${describeExample(example, catalogue.history.clock)}` : "";
  return new MmdinError("DATA", `this dataset leaks (${check}): ${sentence}`, {
    where: directory,
    got: `${rows} such ${rows === 1 ? "row" : "rows"}${such}`,
    fix: `${fix} \`mmdin audit --data ${directory}\` says more.`,
  });
}

function checkNames(): CheckName[] {
  return Object.keys(CHECKS).filter((name): name is CheckName => name in CHECKS);
}
