import type { Event, Progress } from "../../contract.js";
import { valuesAt } from "../../data/feature-values.js";
import { loadIds, openDataset } from "../../data/index.js";
import { MmdinError } from "../../errors.js";
import type { StateStore } from "./state-store.js";
import { byTimeAndItem } from "./stored-event.js";

export interface LoadLogOptions {
  /** Folder of a prepared dataset. */
  data: string;
  progress?: Progress;
}

/** What was loaded. */
export interface LoadLogSummary {
  events: number;
  people: number;
  /** People whose events were there already. */
  skipped: number;
  /** What the store has other than the run was trained on. */
  warnings: string[];
}

/** People looked at together, and events of one append, where no single person has more. */
const PEOPLE = 64;
const EVENTS = 2000;

/**
 * Puts the log of a prepared dataset into a store, so that its people have their histories and counters from the first question on. The
 * events do not count for items: the run's own snapshot has them (`counted: false`), and `export-events` leaves them out.
 *
 * Broken off, it goes on where it was when it is called again: who is there is left as they are.
 *
 * @throws MmdinError STORE where the store does not answer, DATA where it has other events of somebody than the log.
 * @example
 * const store = await openStore("state");
 * await loadLog(store, { data: "data/films" });
 * await store.close();
 */
export async function loadLog(store: StateStore, { data, progress }: LoadLogOptions): Promise<LoadLogSummary> {
  const dataset = openDataset(data);
  const { catalogue, events } = dataset;
  const [itemIds, userIds] = [loadIds(catalogue, "items"), loadIds(catalogue, "users")];
  const eventOf = (user: number, e: number): Event => ({
    user: userIds[user]!,
    item: itemIds[events.item[e]!]!,
    time: events.time[e]!,
    label: events.label[e] === 1 ? 1 : 0,
    features: valuesAt(catalogue.eventFeatures, events.features, e),
    context: valuesAt(catalogue.context, events.context, e),
  });
  const summary: LoadLogSummary = { events: 0, people: 0, skipped: 0, warnings: warningsOf(dataset) };
  for (let first = 0; first + 1 < events.userStart.length; first += PEOPLE) {
    const users = Array.from({ length: PEOPLE }, (_, k) => first + k).filter(
      (user) => events.userStart[user + 1]! > events.userStart[user]!,
    );
    const known = await Promise.all(users.map((user) => store.user(userIds[user]!)));
    let batch: Event[] = [];
    for (const [k, user] of users.entries()) {
      const [start, end] = [events.userStart[user]!, events.userStart[user + 1]!];
      const stored = known[k] ?? null;
      const there = stored === null ? 0 : Math.min(stored.counters.count, end - start);
      if (stored !== null) checkSame(stored.history, eventOf(user, start + there - 1), store.place);
      if (there === end - start) {
        summary.skipped += 1;
        continue;
      }
      for (let e = start + there; e < end; e++) {
        batch.push(eventOf(user, e));
        if (batch.length < EVENTS) continue;
        await store.append(batch, { counted: false });
        summary.events += batch.length;
        batch = [];
      }
      summary.people += 1;
    }
    await store.append(batch, { counted: false });
    summary.events += batch.length;
    progress?.({
      phase: "loading events",
      done: events.userStart[users.at(-1)! + 1]!,
      total: events.count,
      unit: "events",
    });
  }
  return summary;
}

/** Who is there has the log's events up to `last`, and perhaps later ones. */
function checkSame(history: readonly { item: string; time?: number }[], last: Event, where: string): void {
  const oldest = history[0];
  const isThere = history.some(({ item, time }) => item === last.item && time === last.time);
  // What came since may have pushed it out.
  const isOlder = oldest !== undefined && byTimeAndItem({ item: oldest.item, time: oldest.time ?? 0 }, last) > 0;
  if (isThere || isOlder) return;
  throw new MmdinError("DATA", `the store has other events of ${JSON.stringify(last.user)} than this log`, {
    where,
    expected: `${JSON.stringify(last.item)} at ${last.time}`,
    got: oldest === undefined ? "nothing" : `${JSON.stringify(oldest.item)} at ${oldest.time}`,
    fix: "Load a log into a new store, before a server uses it.",
  });
}

function warningsOf({ catalogue, events }: ReturnType<typeof openDataset>): string[] {
  const warnings: string[] = [];
  const averaged = catalogue.statistics.user.flatMap(({ column }) => column ?? []);
  for (const column of averaged) {
    if (catalogue.eventFeatures.some(({ name }) => name === column)) continue;
    warnings.push(`mean(${column}) of people starts from its prior: ${column} is no event feature of dataset.yaml`);
  }
  if (events.history !== null && events.history.length < events.count) {
    const left = events.count - events.history.length;
    warnings.push(
      `history.of leaves ${left} events of the log out of histories; a store keeps them, and models read them`,
    );
  }
  return warnings;
}
