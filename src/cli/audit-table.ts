import { describeExample } from "../data/audit/describe-example.js";
import type { AuditReport, AuditWarning, Finding } from "../data/index.js";
import { count, duration, plural } from "./format.js";
import { renderTable } from "./table.js";

/** What `mmdin audit` prints: every check with its verdict, then what was found, what is worth knowing, what was not asked. */
export function renderAudit(report: AuditReport): string {
  const { checks, failures, warnings, notChecked, clock, rows } = report;
  const table = renderTable(
    ["check", "", "what holds where it passes"],
    checks.map(({ name, holds, passed }) => [name, passed ? "passed" : "FAILED", holds]),
  );
  const failed = checks.filter(({ passed }) => !passed).length;
  const verdict = failed === 0 ? "passed" : `FAILED: ${failed} of ${checks.length} checks`;
  return [
    `${report.name}: ${count(report.events)} events, ${count(rows.train)} / ${count(rows.valid)} / ${count(rows.test)} rows`,
    table,
    ...failures.map((finding) => describe("FAILED", finding, clock)),
    ...warnings.map((warning) => describe("warning", warning, clock)),
    ...(notChecked.length > 0 ? [notChecked.map((note) => `not checked: ${note}`).join("\n")] : []),
    `${verdict}${warnings.length > 0 ? `, ${plural(warnings.length, "warning")}` : ""} (${duration(report.seconds)})`,
  ].join("\n\n");
}

function describe(
  kind: string,
  { check, sentence, rows, examples, fix }: Finding | AuditWarning,
  clock: "time" | "order",
) {
  const about = kind === "FAILED" && rows > 0 ? ` (${plural(rows, "row")})` : "";
  const shown = kind === "FAILED" ? examples : [];
  return [
    `${kind} ${check}: ${sentence}${about}`,
    ...shown.map((example) => `  ${describeExample(example, clock)}`),
    `  ${fix}`,
  ].join("\n");
}
