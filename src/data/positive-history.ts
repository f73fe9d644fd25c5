import type { EventColumns } from "./columns.js";
import { sharedInt32 } from "./shared-array.js";

/** Which events of a person's history a model reads: all of them, or those whose label is 1. */
export type HistoryEvents = "all" | "positives";

/**
 * The same events with histories of those alone whose label is 1: item, time, label and features stay as they are, and
 * `history`, `historyStart` and `historyEnd` name fewer of them. A batch's history is then the last `history.length`
 * positive events strictly earlier than its row. Where every event of every history is positive, the columns come back as
 * they were given.
 *
 * O(events) in time and memory. What is new lies over SharedArrayBuffers, as what `openDataset` gives, so that worker threads
 * read it without a copy.
 */
export function positiveHistory(events: EventColumns): EventColumns {
  const { history, historyStart, historyEnd, label } = events;
  const positions = history?.length ?? events.count;
  const eventAt = (position: number): number => (history === null ? position : history[position]!);
  let count = 0;
  for (let p = 0; p < positions; p++) if (label[eventAt(p)] === 1) count++;
  if (count === positions) return events;
  const positives = sharedInt32(count);
  for (let p = 0, k = 0; k < count; p++) if (label[eventAt(p)] === 1) positives[k++] = eventAt(p);
  // Places ascend from person to person and from event to event: one walk along the positions counts the positives before each.
  const moved = (from: Int32Array): Int32Array => {
    const to = sharedInt32(from.length);
    let [position, before] = [0, 0];
    for (let i = 0; i < from.length; i++) {
      if (from[i]! < position) [position, before] = [0, 0];
      for (; position < from[i]!; position++) if (label[eventAt(position)] === 1) before++;
      to[i] = before;
    }
    return to;
  };
  return { ...events, history: positives, historyStart: moved(historyStart), historyEnd: moved(historyEnd) };
}

/** Events as a model reads them. */
export const readHistory = (events: EventColumns, history: HistoryEvents): EventColumns =>
  history === "positives" ? positiveHistory(events) : events;
