import type { BatchSourceColumns } from "../../data/batch.js";
import { type BatchLayout, countBucket, historyLengthOf, lengthBucket, userOf } from "../../data/batch-layout.js";

/** One request as it lies: its rows over the items that it names, and the steps that its history gives to a model. */
export interface AskedLayout {
  /** Rows, candidates, and the distinct items of candidates and steps, which places refer to. */
  rows: BatchLayout;
  /** [steps] Event of each step that is read, oldest first. */
  steps: Int32Array;
  /** [steps] Place of each step's item. */
  places: Int32Array;
  event: number;
  user: number;
  /** The longest history that is read. */
  longest: number;
}

const NONE = { T: 1, history: new Int32Array(0), steps: new Int32Array(0), lengths: new Int32Array(0) };

/**
 * Lays out a request, whose rows are all about one event. Items are looked up in the catalogue of the columns now: nothing is kept between
 * questions, so a catalogue may have grown since the last one.
 */
export function layoutAsked({ catalogue, events, rows, users }: BatchSourceColumns): AskedLayout {
  const event = rows.event[0] ?? 0;
  const local = userOf(events, event);
  const user = users ? users[local]! : local;
  const longest = catalogue.history.length;
  const length = historyLengthOf(events, event, { user: local, length: longest });
  const first = events.historyEnd[event]! - length;
  const steps = Int32Array.from({ length }, (_, t) =>
    events.history === null ? first + t : events.history[first + t]!,
  );
  const found = new Map<number, number>();
  const placeOf = (item: number): number => {
    const place = found.get(item) ?? found.size;
    found.set(item, place);
    return place;
  };
  const candidate = rows.item.map(placeOf);
  const places = steps.map((step) => placeOf(events.item[step]!));
  const items = new Int32Array(countBucket(found.size)).fill(-1);
  items.set([...found.keys()]);
  return {
    rows: {
      ...NONE,
      B: rows.count,
      U: items.length,
      distinct: found.size,
      rows: Int32Array.from({ length: rows.count }, (_, row) => row),
      items,
      candidate,
      event: rows.event,
      user: new Int32Array(rows.count).fill(user),
    },
    steps,
    places,
    event,
    user,
    longest,
  };
}

/**
 * Lays out one history for every choice of its steps: [choices, T]. Packed, the steps that are kept stand side by side, T no longer than the
 * longest choice asks for; else every step has its own place, which is padding where it is left out.
 */
export function layoutChoices(
  { steps, places, event, user, longest }: AskedLayout,
  choices: readonly Uint8Array[],
  { packed }: { packed: boolean },
): BatchLayout {
  const lengths = Int32Array.from(choices, (kept) => kept.reduce((sum, one) => sum + one, 0));
  const B = choices.length;
  const T = lengthBucket(packed ? Math.max(0, ...lengths) : steps.length, longest);
  const layout = { steps: new Int32Array(B * T).fill(-1), history: new Int32Array(B * T) };
  choices.forEach((kept, b) => {
    let at = b * T;
    for (let t = 0; t < steps.length; t++) {
      if (kept[t] === 1) {
        layout.steps[at] = steps[t]!;
        layout.history[at] = places[t]!;
      }
      if (kept[t] === 1 || !packed) at++;
    }
  });
  return {
    ...layout,
    B,
    T,
    U: 0,
    distinct: 0,
    rows: new Int32Array(B),
    items: new Int32Array(0),
    candidate: new Int32Array(0),
    lengths,
    event: new Int32Array(B).fill(event),
    user: new Int32Array(B).fill(user),
  };
}
