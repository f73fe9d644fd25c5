import { setImmediate as turn } from "node:timers/promises";
import { UNKNOWN_INDEX } from "../../data/columns.js";
import type { StateStore } from "../state/state-store.js";
import type { ServedRun } from "./served-run.js";

/** Items asked for at a time: some milliseconds of this thread. */
const TOGETHER = 250;

/**
 * Tells a run, from time to time, how many events a store has counted of its items: for what is popular, and for the order in which items are shown.
 * The statistics of a question are read for the question.
 */
export class LiveCounters {
  readonly #run: ServedRun;
  readonly #told = new Map<number, { events: number; positives: number }>();

  constructor(run: ServedRun) {
    this.#run = run;
  }

  /** @param clock what "now" is, as of questions. @throws MmdinError STORE */
  async refresh(store: StateStore, clock: "now" | "log"): Promise<void> {
    const { ids } = this.#run.ids.items;
    const changed: { item: number; events: number; positives: number }[] = [];
    for (let start = UNKNOWN_INDEX + 1; start < ids.length; start += TOGETHER) {
      const found = await store.itemCounters(ids.slice(start, start + TOGETHER));
      for (const [k, counters] of found.entries()) {
        if (counters === null) continue;
        const item = start + k;
        const { count: events, positives } = counters;
        const told = this.#told.get(item) ?? { events: 0, positives: 0 };
        if (events === told.events) continue;
        changed.push({ item, events: events - told.events, positives: positives - told.positives });
        this.#told.set(item, { events, positives });
      }
      await turn();
    }
    if (changed.length === 0) return;
    this.#run.observe({
      items: Int32Array.from(changed, ({ item }) => item),
      events: Float64Array.from(changed, ({ events }) => events),
      positives: Float64Array.from(changed, ({ positives }) => positives),
      time: clock === "now" ? Date.now() / 1000 : this.#run.catalogue.lastTime,
    });
  }
}
