import type { Event, FeatureValue, HistoryStep } from "../../contract.js";
import { MmdinError } from "../../errors.js";

/** An event as the stores keep it, without its person: JSON of one letter a field, as there are many of them. */
interface Kept {
  i: string;
  t: number;
  l: 0 | 1;
  f?: Readonly<Record<string, FeatureValue>>;
  c?: Readonly<Record<string, FeatureValue>>;
  /** 1: came from the log of a run, and did not count. */
  o?: 1;
}

export function eventText({ item, time, label, features, context }: Event, { counted }: { counted: boolean }): string {
  const kept: Kept = { i: item, t: time, l: label, f: features, c: context, ...(counted ? {} : { o: 1 }) };
  return JSON.stringify(kept);
}

/** The step of a history that an event has become. */
export function stepOf(text: string): Required<Pick<HistoryStep, "item" | "time">> & HistoryStep {
  const { i, t, l, f }: Kept = JSON.parse(text);
  return { item: i, time: t, label: l, ...(f === undefined ? {} : { features: f }) };
}

/** The event as it came, or null for one that came from the log of a run. */
export function countedEventOf(text: string, user: string): Event | null {
  const { i, t, l, f, c, o }: Kept = JSON.parse(text);
  if (o === 1) return null;
  return {
    user,
    item: i,
    time: t,
    label: l,
    ...(f === undefined ? {} : { features: f }),
    ...(c === undefined ? {} : { context: c }),
  };
}

/** The order of a history: by time, then by item id as UTF-8, which is how `prepare` orders text. */
export function byTimeAndItem(a: { item: string; time: number }, b: { item: string; time: number }): number {
  return a.time - b.time || (a.item === b.item ? 0 : Buffer.compare(Buffer.from(a.item), Buffer.from(b.item)));
}

/** @throws MmdinError REQUEST: the first event that no store could give back as it came. */
export function checkEvents(events: readonly Event[]): void {
  events.forEach(({ user, item, time, label }, index) => {
    for (const [name, id] of Object.entries({ user, item }))
      if (typeof id !== "string" || id === "") throw wrongEvent(`events[${index}].${name}`, "a text that names it", id);
    if (!Number.isFinite(time)) throw wrongEvent(`events[${index}].time`, "seconds since 1970", time);
    if (label !== 0 && label !== 1) throw wrongEvent(`events[${index}].label`, "0 or 1", label);
  });
}

function wrongEvent(where: string, expected: string, got: unknown): MmdinError {
  return new MmdinError("REQUEST", "this event cannot be stored", { where, expected, got: String(got) });
}
