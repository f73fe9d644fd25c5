import type { ItemToStore, StoredItem } from "./state-store.js";

/** Seconds between two puts at the least: what a number of today's size still tells apart. */
export const PUT_STEP = 1e-6;

/** When an item counts as put: as it says, or just after the last one. */
export function putMoment(asked: number, last: number | undefined): number {
  return last === undefined || asked > last ? asked : last + PUT_STEP;
}

/** What is kept of an item beside its pictures. */
export function recordOf({ pictures, ...item }: ItemToStore): StoredItem {
  const fields = Object.keys(pictures ?? {});
  return fields.length > 0 ? { ...item, pictures: fields } : item;
}
