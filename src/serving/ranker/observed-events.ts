import type { ObservedEvents } from "./work.js";

/** One for several, of the time of the later one: so that what is kept does not grow for ever. */
export function addUp(all: readonly ObservedEvents[]): ObservedEvents {
  const sums = new Map<number, { events: number; positives: number }>();
  for (const { items, events, positives } of all) {
    for (const [k, item] of items.entries()) {
      const sum = sums.get(item) ?? { events: 0, positives: 0 };
      sums.set(item, { events: sum.events + events[k]!, positives: sum.positives + positives[k]! });
    }
  }
  return {
    items: Int32Array.from(sums.keys()),
    events: Float64Array.from(sums.values(), ({ events }) => events),
    positives: Float64Array.from(sums.values(), ({ positives }) => positives),
    time: all.at(-1)?.time ?? 0,
  };
}
