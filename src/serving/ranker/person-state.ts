import type { Person } from "../../api/contract.js";
import type { Counters, HistoryStep } from "../../contract.js";
import type { Catalogue } from "../../data/columns.js";
import { lastTimeOf, numberOf } from "../../data/indexed-request.js";
import type { StoredUser } from "../state/state-store.js";

/** What a question is answered from: a history, its moment, and the person's counters where they are known apart from the history. */
export interface PersonState {
  history: readonly HistoryStep[];
  time: number;
  /** Undefined: they are counted from the labels of the history. */
  counters: Counters | undefined;
}

/**
 * The person of a question: its own history, else that of the store with the store's counters, less what it says happened at the
 * question's time or later; else nothing.
 *
 * @param options.stored what the store has of the person; null: nothing, or the question carries a history.
 */
export function personState(
  question: Person,
  { stored, catalogue, clock }: { stored: StoredUser | null; catalogue: Catalogue; clock: "now" | "log" },
): PersonState {
  const history = question.history ?? stored?.history ?? [];
  const time = question.time ?? momentAfter(lastTimeOf(history, catalogue), clock);
  if (question.history !== undefined || stored === null) return { history, time, counters: undefined };
  return { history, time, counters: countersBefore(stored, time) };
}

/** "now" is never before what has happened: clocks differ, and logs lie in the future of some. */
function momentAfter(last: number, clock: "now" | "log"): number {
  const now = Date.now() / 1000;
  return clock === "now" && now > last ? now : last + 1;
}

/** Counters of a person before a moment: those of the store are of all that was ever stored. */
function countersBefore({ history, counters }: StoredUser, time: number): Counters {
  const later = history.filter((step) => step.time !== undefined && step.time >= time);
  if (later.length === 0) return counters;
  const means = Object.entries(counters.means ?? {}).map(([name, { count, sum }]) => {
    const values = later.map(({ features }) => numberOf(features?.[name])).filter((value) => !Number.isNaN(value));
    return [name, { count: count - values.length, sum: values.reduce((rest, value) => rest - value, sum) }] as const;
  });
  return {
    count: counters.count - later.length,
    positives: later.reduce((rest, { label }) => rest - (label ?? 0), counters.positives),
    means: Object.fromEntries(means),
  };
}
