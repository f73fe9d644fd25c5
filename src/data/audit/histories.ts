import type { AuditView } from "./audit-view.js";
import type { Finding } from "./report.js";

const OWN = 1;
const LATER = 2;
const FOREIGN = 4;

/**
 * Histories hold strictly earlier events of the same person, and never the row's own event. One pass: a history is a
 * range of its person's list, so that what is latest up to each place of the list tells what a range that ends there
 * holds: no range is walked, however many are wrong.
 */
export function checkHistories(view: AuditView): Finding[] {
  const flags = flagEvents(view);
  const own = view.caughtOf((event) => (flags[event]! & OWN) !== 0);
  const later = view.caughtOf((event) => (flags[event]! & LATER) !== 0);
  const foreign = view.caughtOf((event) => (flags[event]! & FOREIGN) !== 0);
  const fix = "Prepare the dataset again; where it comes from another program, cut histories before the row's time.";
  const findings: Finding[] = [];
  const check = "future-in-history" as const;
  if (later.count > 0) {
    const what = view.earlier === "order" ? "a later event" : "an event of a later or the same time";
    findings.push(view.finding({ check, sentence: `the history holds ${what}`, caught: later, fix }));
  }
  if (foreign.count > 0) {
    findings.push(
      view.finding({ check, sentence: "the history holds an event of another person", caught: foreign, fix }),
    );
  }
  if (own.count > 0) {
    const sentence = "the history holds the very event that the row is about";
    findings.push(view.finding({ check: "target-in-history", sentence, caught: own, fix }));
  }
  return findings;
}

/** Several events share the latest time. */
const SEVERAL = -1;

function flagEvents({ dataset: { events }, earlier }: AuditView): Uint8Array {
  const { count, userStart, time, history, historyStart, historyEnd } = events;
  const flags = new Uint8Array(count);
  const step = (position: number): number => (history ? history[position]! : position);
  /** Of a person's events: where each stands first in the person's list, counted from the list's start; -1 where it does not. */
  let place = new Int32Array(64);
  // Of the list up to place k: the latest time, the event of that time (or SEVERAL), and the greatest event.
  let latest = new Float64Array(64);
  let latestEvent = new Int32Array(64);
  let furthest = new Int32Array(64);
  for (let user = 0; user + 1 < userStart.length; user++) {
    const [first, last] = [userStart[user]!, userStart[user + 1]!];
    const [start, end] = [historyStart[user]!, historyStart[user + 1]!];
    const length = end - start;
    if (length > latest.length) {
      latest = new Float64Array(2 * length);
      latestEvent = new Int32Array(2 * length);
      furthest = new Int32Array(2 * length);
    }
    if (last - first > place.length) place = new Int32Array(2 * (last - first));
    place.fill(-1, 0, last - first);
    let least = end; // the first place that holds an event of somebody else
    for (let k = 0; k < length; k++) {
      const e = step(start + k);
      if (e < first || e >= last) least = Math.min(least, start + k);
      else if (place[e - first] === -1) place[e - first] = k;
      const before = k > 0 ? latest[k - 1]! : Number.NEGATIVE_INFINITY;
      latest[k] = Math.max(before, time[e]!);
      if (time[e]! > before) latestEvent[k] = e;
      else if (time[e] === before && latestEvent[k - 1] !== e) latestEvent[k] = SEVERAL;
      else latestEvent[k] = latestEvent[k - 1]!;
      furthest[k] = Math.max(k > 0 ? furthest[k - 1]! : -1, e);
    }
    for (let e = first; e < last; e++) {
      const stop = historyEnd[e]!;
      if (stop <= start) continue;
      if (stop > end || stop > least) flags[e]! |= FOREIGN;
      const top = Math.min(stop, end) - start - 1;
      if (top < 0) continue;
      const own = place[e - first]!;
      if (own !== -1 && own <= top) flags[e]! |= OWN;
      const tied = latest[top] === time[e] && latestEvent[top] !== e;
      if (latest[top]! > time[e]! || (earlier === "time" ? tied : furthest[top]! > e)) flags[e]! |= LATER;
    }
  }
  return flags;
}
