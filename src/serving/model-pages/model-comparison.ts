import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Estimate, ModelComparison } from "../../api/training-contract.js";
import { fileProblem, MmdinError } from "../../errors.js";
import { headline } from "../../experiments/report/headline.js";
import { type CompareReport, REPORT_FORMAT, REPORT_VERSION } from "../../experiments/report/report.js";
import type { Summary } from "../../metrics/index.js";

/**
 * Reads the report of `mmdin compare` or `mmdin ablate` as the page about a model shows it.
 *
 * @param folder The `--out` of the comparison.
 * @throws MmdinError FORMAT where there is no report, or one of another version.
 */
export function readComparison(folder: string): Omit<ModelComparison, "sameDataset"> {
  const report = readReport(join(folder, "report.json"));
  const { kind, title, dataset, lines, best, comparisons, notes, times } = report;
  const { lead, rest } = headline(report);
  return {
    kind,
    title,
    created: times.created,
    dataset: { name: dataset.name, hash: dataset.hash },
    lead,
    sentences: [...rest],
    lines: lines.map(({ name, model, parameters, cells, indicators }) => ({
      name,
      model,
      parameters,
      seeds: cells.filter(({ state }) => state === "finished").length,
      auc: estimateOf(indicators.auc),
      gauc: estimateOf(indicators.gauc),
      logLoss: estimateOf(indicators.logLoss),
      ece: estimateOf(indicators.ece),
      secondsPerRun: times.lines[name]?.secondsPerRun ?? null,
    })),
    best,
    differences: comparisons
      .filter(({ indicator }) => indicator === "auc")
      .map(({ first, second, difference, interval, verdict, sentence }) => ({
        first,
        second,
        auc: { value: difference, interval },
        verdict,
        sentence,
      })),
    notes,
  };
}

function readReport(path: string): CompareReport {
  const fix = "Give the folder that `mmdin compare` or `mmdin ablate` wrote (--out)";
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new MmdinError("FORMAT", `no report: ${fileProblem(cause)}`, { where: path, fix, cause });
  }
  let report: Partial<CompareReport>;
  try {
    report = JSON.parse(text) as Partial<CompareReport>;
  } catch (cause) {
    throw new MmdinError("FORMAT", "the file is damaged: it is no JSON", { where: path, fix, cause });
  }
  if (report.format !== REPORT_FORMAT || report.version !== REPORT_VERSION) {
    const expected = `${REPORT_FORMAT}, version ${REPORT_VERSION}`;
    const got = `${report.format ?? "no format"}, version ${report.version ?? "none"}`;
    throw new MmdinError("FORMAT", "not a report of this version", { where: path, expected, got, fix });
  }
  return report as CompareReport;
}

function estimateOf({ mean, interval }: Summary): Estimate {
  return { value: mean, interval };
}
