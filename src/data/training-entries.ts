import { userOf } from "./batch-layout.js";
import type { Dataset } from "./columns.js";
import { usersOf } from "./users-of.js";

/** What happened in the training slice, one entry per event or drawn row. */
export interface TrainingEntries {
  /** Catalogue index of each item. */
  item: Int32Array;
  label: Uint8Array;
  user: Int32Array;
}

/**
 * What models that count may look at. With labels of their own: the rows of training. With implicit labels: every event of the training
 * slice as a positive, also those that make no row (under leave-last the first event of each person, and all of people with few),
 * and the drawn rows of training as they are. Every event of validation and test makes a row there: `negatives.keep` is refused.
 */
export function trainingEntries({
  catalogue,
  events,
  rows,
}: Pick<Dataset, "catalogue" | "events" | "rows">): TrainingEntries {
  const { train } = rows;
  if (catalogue.label === "explicit") {
    const { item, label } = train;
    return { item, label, user: usersOf(events, train.event) };
  }
  const later = new Uint8Array(events.count);
  for (const split of [rows.valid, rows.test]) for (const event of split.event) later[event] = 1;
  const drawn = train.label.reduce((sum, label) => sum + 1 - label, 0);
  const count = events.count - later.reduce((sum, flag) => sum + flag, 0) + drawn;
  const entries = { item: new Int32Array(count), label: new Uint8Array(count), user: new Int32Array(count) };
  let next = 0;
  for (let user = 0; user + 1 < events.userStart.length; user++) {
    for (let event = events.userStart[user]!; event < events.userStart[user + 1]!; event++) {
      if (later[event] === 1) continue;
      entries.item[next] = events.item[event]!;
      entries.label[next] = 1;
      entries.user[next++] = user;
    }
  }
  for (let row = 0; row < train.count; row++) {
    if (train.label[row] === 1) continue;
    entries.item[next] = train.item[row]!;
    entries.user[next++] = userOf(events, train.event[row]!);
  }
  return entries;
}
