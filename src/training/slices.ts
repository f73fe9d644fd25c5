import { historyLengthOf } from "../data/batch-layout.js";
import { type Dataset, hasModality, type Split } from "../data/index.js";
import { trainingEntries } from "../data/training-entries.js";
import { usersOf } from "../data/users-of.js";

/** Parts of a split that are measured apart. */
export const SLICE_NAMES = [
  "coldItems",
  "warmItems",
  "rareItems",
  "commonItems",
  "popularItems",
  "emptyHistory",
  "shortHistory",
  "longHistory",
  "newUsers",
  "lightUsers",
  "regularUsers",
  "heavyUsers",
  "allModalities",
  "missingModality",
] as const;
export type SliceName = (typeof SLICE_NAMES)[number];

/**
 * Masks [B] of the rows of a split, 1 where a row is in the slice.
 *
 * Items by their events in training: cold without any, warm with one; of the warm ones rare below 10, common below 100, popular
 * from 100. Users the same way: new 0, light 1 to 9, regular 10 to 99, heavy from
 * 100. History as the dataset keeps it: empty 0, short 1 to 9, long 10 and more steps. `allModalities`: the candidate has every
 * modality of the catalogue; both are empty where the catalogue has the id alone.
 */
export function slicesOf(
  { catalogue, events, rows }: Pick<Dataset, "catalogue" | "events" | "rows">,
  split: Split,
): Record<SliceName, Uint8Array> {
  const { item, event, count } = rows[split];
  const user = usersOf(events, event);
  const { ofItem, ofUser } = trainingCounts({ catalogue, events, rows });
  const lengths = event.map((e, row) =>
    historyLengthOf(events, e, { user: user[row]!, length: catalogue.history.length }),
  );
  const mask = (holds: (row: number) => boolean): Uint8Array =>
    Uint8Array.from({ length: count }, (_, row) => (holds(row) ? 1 : 0));
  const cold = (row: number): boolean => item[row]! > catalogue.items.trained || item[row] === 0;
  const warm = (row: number, from: number, to: number): boolean =>
    !cold(row) && ofItem[item[row]!]! >= from && ofItem[item[row]!]! < to;
  const active = (row: number, from: number, to: number): boolean =>
    ofUser[user[row]!]! >= from && ofUser[user[row]!]! < to;
  const { modalities } = catalogue;
  const whole = (row: number): boolean => modalities.every((column) => hasModality(column, item[row]!));
  return {
    coldItems: mask(cold),
    warmItems: mask((row) => !cold(row)),
    rareItems: mask((row) => warm(row, 0, 10)),
    commonItems: mask((row) => warm(row, 10, 100)),
    popularItems: mask((row) => warm(row, 100, Number.POSITIVE_INFINITY)),
    emptyHistory: mask((row) => lengths[row] === 0),
    shortHistory: mask((row) => lengths[row]! > 0 && lengths[row]! < 10),
    longHistory: mask((row) => lengths[row]! >= 10),
    newUsers: mask((row) => active(row, 0, 1)),
    lightUsers: mask((row) => active(row, 1, 10)),
    regularUsers: mask((row) => active(row, 10, 100)),
    heavyUsers: mask((row) => active(row, 100, Number.POSITIVE_INFINITY)),
    allModalities: mask((row) => modalities.length > 0 && whole(row)),
    missingModality: mask((row) => modalities.length > 0 && !whole(row)),
  };
}

/** Entries of training of each item and each user; with implicit labels the positives alone, for the others were drawn. */
function trainingCounts(dataset: Pick<Dataset, "catalogue" | "events" | "rows">): {
  ofItem: Uint32Array;
  ofUser: Uint32Array;
} {
  const { catalogue, events } = dataset;
  const ofItem = new Uint32Array(catalogue.items.count);
  const ofUser = new Uint32Array(events.userStart.length);
  const { item, label, user } = trainingEntries(dataset);
  for (let entry = 0; entry < item.length; entry++) {
    if (catalogue.label === "implicit" && label[entry] === 0) continue;
    ofItem[item[entry]!]!++;
    ofUser[user[entry]!]!++;
  }
  return { ofItem, ofUser };
}
