import { expect, test } from "vitest";
import type { AuditReport } from "../data/index.js";
import { renderAudit } from "./audit-table.js";

const REPORT: AuditReport = {
  name: "shop",
  directory: "data/shop",
  hash: "0",
  clock: "time",
  events: 100_836,
  rows: { train: 80_668, valid: 10_084, test: 10_084 },
  passed: true,
  checks: [
    {
      name: "future-in-history",
      holds: "histories hold strictly earlier events of the same person alone",
      passed: true,
    },
    { name: "telling-feature", holds: "no single feature tells the label", passed: true },
  ],
  failures: [],
  warnings: [],
  notChecked: [],
  seconds: 0.8,
};

test("a dataset that passes is a table of checks and one last word", () => {
  expect(renderAudit(REPORT).split("\n")).toEqual([
    "shop: 100,836 events, 80,668 / 10,084 / 10,084 rows",
    "",
    "check                      what holds where it passes",
    "future-in-history  passed  histories hold strictly earlier events of the same person alone",
    "telling-feature    passed  no single feature tells the label",
    "",
    "passed (0.8 s)",
  ]);
});

test("a failure says how many rows, names them, and what to do; warnings and what was not asked follow", () => {
  const text = renderAudit({
    ...REPORT,
    passed: false,
    checks: REPORT.checks.map((check, k) => ({ ...check, passed: k === 1 })),
    failures: [
      {
        check: "future-in-history",
        sentence: "the history holds an event of a later or the same time",
        rows: 1200,
        examples: [{ user: "7", item: "42", time: 1_537_799_250 }],
        fix: "Prepare the dataset again.",
      },
    ],
    warnings: [
      { check: "ties", sentence: "23.0 % of the events share their time", rows: 23, examples: [], fix: "Look." },
    ],
    notChecked: ["mean(rating): no feature holds `rating`"],
  });
  expect(text.split("\n").slice(3)).toEqual([
    "future-in-history  FAILED  histories hold strictly earlier events of the same person alone",
    "telling-feature    passed  no single feature tells the label",
    "",
    "FAILED future-in-history: the history holds an event of a later or the same time (1,200 rows)",
    "  user 7, item 42, 2018-09-24 14:27:30",
    "  Prepare the dataset again.",
    "",
    "warning ties: 23.0 % of the events share their time",
    "  Look.",
    "",
    "not checked: mean(rating): no feature holds `rating`",
    "",
    "FAILED: 1 of 2 checks, 1 warning (0.8 s)",
  ]);
});
