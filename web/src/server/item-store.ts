import { useEffect, useSyncExternalStore } from "react";
import type { CatalogueItem } from "../../../src/api/contract.js";
import { server } from "./server.js";

/** Items that were seen once; null: the catalogue has none of that id. */
let known: ReadonlyMap<string, CatalogueItem | null> = new Map();
const asked = new Set<string>();
const listeners = new Set<() => void>();

/** Ids of one question; more make several. */
const AT_ONCE = 100;

/** Remembers items that came with another answer. */
export function rememberItems(items: readonly (CatalogueItem | null)[], ids?: readonly string[]): void {
  const next = new Map(known);
  items.forEach((item, at) => {
    const id = item?.id ?? ids?.[at];
    if (id !== undefined) next.set(id, item);
  });
  known = next;
  for (const listener of listeners) listener();
}

/** Items by id: what is not known yet is asked for, many at once. */
export function useItems(ids: readonly string[]): ReadonlyMap<string, CatalogueItem | null> {
  const items = useSyncExternalStore(subscribe, () => known);
  const missing = ids.filter((id) => !items.has(id) && !asked.has(id));
  const key = missing.join("\n");
  useEffect(() => {
    if (key === "") return;
    const wanted = [...new Set(key.split("\n"))];
    for (let at = 0; at < wanted.length; at += AT_ONCE) void load(wanted.slice(at, at + AT_ONCE));
  }, [key]);
  return items;
}

async function load(ids: readonly string[]): Promise<void> {
  for (const id of ids) asked.add(id);
  try {
    const { items } = await server.items({ filters: { id: ids }, limit: ids.length });
    const found = new Map(items.map((item) => [item.id, item]));
    rememberItems(
      ids.map((id) => found.get(id) ?? null),
      ids,
    );
  } finally {
    for (const id of ids) asked.delete(id); // a failure is asked again when the page next draws
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
