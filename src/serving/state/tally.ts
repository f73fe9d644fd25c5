import type { Counters, FeatureValue } from "../../contract.js";
import { numberOf } from "../../data/indexed-request.js";

/**
 * Counters while they grow. On disk a tally is text that both stores, and Redis's own scripts, read and write: a line `count positives`, and
 * a line `number sum "column"` for each column that is averaged. Numbers have all their digits, so that nothing is rounded on the way.
 */
export interface Tally {
  count: number;
  positives: number;
  /** By column. A map, as a column may have any name. */
  means: Map<string, { count: number; sum: number }>;
}

/** Larger numbers are not summed: no sum can then become infinite, whatever is sent. */
const LARGEST = 1e100;

/**
 * The numbers among the features of an event, which counters sum; read as `prepare` and requests read them, so "4.5" is one.
 *
 * @param averaged the features that are looked at; default: all.
 */
export function numbersOf(
  features: Readonly<Record<string, FeatureValue>> | undefined,
  averaged: ReadonlySet<string> | undefined,
): [string, number][] {
  return Object.entries(features ?? {}).flatMap(([name, value]): [string, number][] => {
    if (typeof value === "object" || (averaged !== undefined && !averaged.has(name))) return [];
    const number = numberOf(typeof value === "string" ? value.trim() : value);
    return Math.abs(number) <= LARGEST ? [[name, number]] : [];
  });
}

/** Adds an event to a tally: what `addEvent` of the data layer does in columns. */
export function addToTally(tally: Tally, { label, numbers }: { label: 0 | 1; numbers: [string, number][] }): void {
  tally.count += 1;
  tally.positives += label;
  for (const [name, number] of numbers) {
    const mean = tally.means.get(name) ?? { count: 0, sum: 0 };
    tally.means.set(name, { count: mean.count + 1, sum: mean.sum + number });
  }
}

export function emptyTally(): Tally {
  return { count: 0, positives: 0, means: new Map() };
}

export function tallyText({ count, positives, means }: Tally): string {
  const lines = [...means].map(([name, mean]) => `${mean.count} ${mean.sum} ${JSON.stringify(name)}`);
  return [`${count} ${positives}`, ...lines].join("\n");
}

/** @throws where the text is none; the stores say where it came from. */
export function parseTally(text: string): Tally {
  const [head = "", ...lines] = text.split("\n");
  const [count = Number.NaN, positives = Number.NaN] = head.split(" ").map(Number);
  const means = new Map(
    lines.map((line) => {
      const [, number, sum, name] = /^(\S+) (\S+) (".*")$/.exec(line) ?? [];
      if (name === undefined) throw new Error("these counters cannot be read");
      return [String(JSON.parse(name)), { count: Number(number), sum: Number(sum) }] as const;
    }),
  );
  if (Number.isNaN(count + positives)) throw new Error("these counters cannot be read");
  return { count, positives, means };
}

export function countersOf({ count, positives, means }: Tally): Counters {
  return means.size > 0 ? { count, positives, means: Object.fromEntries(means) } : { count, positives };
}
