import type { CatalogueItem, ModelSummary } from "../../../src/api/contract.js";
import { server } from "./server.js";

/** So many items with the most events stand for a catalogue that is larger. */
const MOST = 2000;
const AT_ONCE = 200;

let kept: { key: string; items: Promise<CatalogueItem[]> } | undefined;

/** Every item of the catalogue (or the 2,000 with the most events), most events first; asked for once. */
export function wholeCatalogue({ run, items: { count } }: ModelSummary, signal: AbortSignal): Promise<CatalogueItem[]> {
  signal.throwIfAborted();
  const key = `${run} ${count}`;
  if (kept?.key === key) return kept.items;
  const items = load();
  kept = { key, items };
  items.catch(() => {
    kept = undefined; // asked again by the next one; this caller is told
  });
  return items;
}

async function load(): Promise<CatalogueItem[]> {
  const items: CatalogueItem[] = [];
  let total = 1;
  while (items.length < Math.min(total, MOST)) {
    const page = await server.items({ offset: items.length, limit: AT_ONCE });
    total = page.total;
    if (page.items.length === 0) break;
    items.push(...page.items);
  }
  return items;
}
