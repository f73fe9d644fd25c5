import type { ModelSummary } from "../../../src/api/contract.js";
import { server } from "../server/server.js";

/** Items that another one is held against: the whole catalogue, or as many of those with the most events. */
const MOST = 2000;
const AT_ONCE = 200;

let kept: { key: string; ids: Promise<string[]> } | undefined;

/** Ids of the catalogue, most events first. */
export function rivalsOf({ run, items }: ModelSummary, signal: AbortSignal): Promise<string[]> {
  const key = `${run} ${items.count}`;
  if (kept?.key !== key) {
    const ids = load();
    kept = { key, ids };
    ids.catch(() => {
      kept = undefined; // asked again by the next one; this caller gets the error
    });
  }
  signal.throwIfAborted();
  return kept.ids;
}

async function load(): Promise<string[]> {
  const ids: string[] = [];
  let total = 1;
  while (ids.length < Math.min(total, MOST)) {
    const page = await server.items({ offset: ids.length, limit: AT_ONCE });
    total = page.total;
    if (page.items.length === 0) break;
    ids.push(...page.items.map(({ id }) => id));
  }
  return ids;
}
