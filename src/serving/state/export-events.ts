import { resolve } from "node:path";
import type { Progress } from "../../contract.js";
import { replaceFileFrom } from "../../data/atomic.js";
import { MmdinError } from "../../errors.js";
import { type EventColumn, EventColumns } from "./event-columns.js";
import type { StateStore } from "./state-store.js";

/** What was exported. */
export interface ExportSummary {
  path: string;
  events: number;
  people: number;
  /** Seconds since 1970 (UTC) of the earliest and the latest event. */
  from: number;
  to: number;
  columns: EventColumn[];
}

export interface ExportOptions {
  /** The file to write: JSON lines. Replaced at once, when all is written. */
  path: string;
  progress?: Progress;
}

const PIECE = 1 << 16;

/**
 * Writes the events that a store has collected as JSON lines, which `prepare` reads: user, item, time, label, and the features by
 * their names. Those beyond the store's cap are gone, and those of a run's log, which are not new, are left out.
 *
 * @throws MmdinError DATA where there are none, IO where the file cannot be written, STORE where the store does not answer.
 */
export async function exportEvents(store: StateStore, { path, progress }: ExportOptions): Promise<ExportSummary> {
  const columns = new EventColumns();
  const summary = { events: 0, people: 0, from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };
  async function* pieces(): AsyncGenerator<Uint8Array> {
    let text = "";
    let last: string | undefined;
    for await (const event of store.events()) {
      text += `${JSON.stringify(Object.fromEntries(columns.record(event)))}\n`;
      summary.events += 1;
      if (event.user !== last) summary.people += 1;
      last = event.user;
      summary.from = Math.min(summary.from, event.time);
      summary.to = Math.max(summary.to, event.time);
      if (text.length < PIECE) continue;
      yield Buffer.from(text);
      text = "";
      progress?.({ phase: "writing events", done: summary.events, unit: "events" });
    }
    if (summary.events === 0) throw new MmdinError("DATA", "no events were collected here", { where: store.place });
    yield Buffer.from(text);
  }
  await replaceFileFrom(path, pieces());
  return { path: resolve(path), ...summary, columns: columns.list() };
}
