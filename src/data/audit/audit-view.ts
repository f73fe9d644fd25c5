import type { DatasetConfig } from "../../config/dataset-config.js";
import { loadIds } from "../catalogue-file.js";
import { type Dataset, SPLITS, type StatisticSchema } from "../columns.js";
import { ownersOf } from "../users-of.js";
import { type LoggedValues, loggedValues } from "./logged-values.js";
import type { AuditExample, Finding } from "./report.js";
import { sliceOfEvents } from "./training-slice.js";

/** A row, by what it is about. */
export interface Place {
  event: number;
  item: number;
}

/** The column that a statistic averages; of counts and rates there is none. */
export interface Averaged extends Pick<LoggedValues, "rounding"> {
  values?: Float64Array;
}

/** A dataset as the checks read it: with the owner of every event, and names for what is found. */
export class AuditView {
  readonly dataset: Dataset;
  readonly config: DatasetConfig;
  /** Which events of one person are earlier: those of an earlier time, or those before it in the order. */
  readonly earlier: "time" | "order";
  /** What could not be asked. */
  readonly notChecked: string[] = [];
  #owner: Int32Array | undefined;
  #slice: Uint8Array | undefined;
  readonly #averaged = new Map<string, LoggedValues | null>();
  #ids: { users: string[]; items: string[] } | undefined;

  constructor(dataset: Dataset) {
    this.dataset = dataset;
    this.config = dataset.manifest.config as DatasetConfig;
    this.earlier = this.config.split.by === "leave-last" ? "order" : "time";
  }

  /** User of each event. */
  get owner(): Int32Array {
    this.#owner ??= ownersOf(this.dataset.events);
    return this.#owner;
  }

  /** The slice of each event: an index into SPLITS, or UNKNOWN_SLICE. */
  get slice(): Uint8Array {
    this.#slice ??= sliceOfEvents(this);
    return this.#slice;
  }

  /** What a statistic averages; null, and noted, where the dataset does not hold it. */
  averagedBy({ kind, column = "", name }: StatisticSchema): Averaged | null {
    if (kind !== "mean") return { rounding: 0 };
    let values = this.#averaged.get(column);
    if (values === undefined) {
      values = loggedValues(this, column);
      this.#averaged.set(column, values);
      if (!values) {
        this.notChecked.push(
          `${name}: no feature of the events holds \`${column}\`, so that it cannot be computed again`,
        );
      }
    }
    return values;
  }

  /** Names places by the ids of the log. */
  name(places: readonly Place[]): AuditExample[] {
    if (places.length === 0) return [];
    const { catalogue, events } = this.dataset;
    this.#ids ??= { users: loadIds(catalogue, "users"), items: loadIds(catalogue, "items") };
    const { users, items } = this.#ids;
    return places.map(({ event, item }) => ({
      user: users[this.owner[event]!] ?? "",
      item: items[item] ?? "",
      time: events.time[event] ?? Number.NaN,
    }));
  }

  finding<Name extends string>({
    caught,
    ...rest
  }: Omit<Finding<Name>, "rows" | "examples"> & { caught: Caught }): Finding<Name> {
    return { ...rest, rows: caught.count, examples: this.name(caught.places) };
  }

  /** The rows of all splits, and the candidate lists, whose event is flagged. */
  caughtOf(flagged: (event: number) => boolean): Caught {
    const { rows, ranking, events } = this.dataset;
    const caught = new Caught();
    for (const split of SPLITS) {
      const { count, event, item } = rows[split];
      for (let r = 0; r < count; r++) if (flagged(event[r]!)) caught.add(event[r]!, item[r]!);
      const lists = ranking[split];
      if (!lists) continue;
      // A list shares its event with a row; only where it does not is it counted.
      const seen = new Set(caught.count > 0 ? rows[split].event : []);
      for (const e of lists.event) if (flagged(e) && !seen.has(e)) caught.add(e, events.item[e]!);
    }
    return caught;
  }
}

/** Counts what a check catches, and keeps the first three. */
export class Caught {
  count = 0;
  readonly places: Place[] = [];

  add(event: number, item: number): void {
    if (this.count++ < 3) this.places.push({ event, item });
  }
}
