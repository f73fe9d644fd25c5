import type { Split } from "../columns.js";

/** What an audit asks. The first five are cheap, and `train` asks them, too, if less strictly of rows in two splits. */
export const CHECKS = {
  "future-in-history": "histories hold strictly earlier events of the same person alone",
  "target-in-history": "no history holds the event that its row is about",
  "known-negatives": "no negative is an item that its person has had",
  "rows-across-splits": "no row stands in two splits",
  "validation-is-test": "validation is not test",
  "user-statistics": "statistics of users know their strictly earlier events alone",
  "item-statistics": "statistics of items know what was logged before the row alone",
  "prior-means": "prior means are those of the training slice",
  normalisers: "numbers are normalised by the training slice",
  vocabularies: "vocabularies are those of the training slice",
  "telling-feature": "no single feature tells the label",
} as const;

export type CheckName = keyof typeof CHECKS;

/** What is worth knowing, and no error. */
export type WarningName =
  | "ties"
  | "bursts"
  | "test-not-last"
  | "one-user-in-test"
  | "no-cold-items"
  | "labels-of-one-kind";

export interface AuditExample {
  user: string;
  item: string;
  /** Seconds since 1970, or the position where only an order exists. */
  time: number;
}

export interface Finding<Name extends string = CheckName> {
  check: Name;
  /** What is wrong, in one sentence. */
  sentence: string;
  /** How many rows it concerns; of a warning, events or rows as its sentence says. */
  rows: number;
  /** At most three. */
  examples: AuditExample[];
  /** What to do about it. */
  fix: string;
}

export type AuditWarning = Finding<WarningName>;

export interface AuditCheck {
  name: CheckName;
  /** What holds where it passes. */
  holds: string;
  passed: boolean;
}

export interface AuditReport {
  name: string;
  directory: string;
  hash: string;
  clock: "time" | "order";
  events: number;
  rows: Record<Split, number>;
  /** Whether every check passed; warnings do not count. */
  passed: boolean;
  checks: AuditCheck[];
  failures: Finding[];
  warnings: AuditWarning[];
  /** What could not be asked of this dataset, and why. */
  notChecked: string[];
  seconds: number;
}
