import type { BatchLayout } from "./batch-layout.js";
import {
  type Catalogue,
  type EventColumns,
  type FeatureColumn,
  type FeatureSchema,
  MISSING_CODE,
  type RowColumns,
  type StatisticSchema,
  UNKNOWN_INDEX,
} from "./columns.js";
import { findFeature } from "./feature-columns.js";
import { normalise } from "./features.js";
import type { HiddenParts } from "./hidden-parts.js";
import { kindError } from "./kind-error.js";
import { emptyCounters, standardise, statisticValue } from "./statistics.js";

/** Inputs of one value or vector a row: labels, users, user and context features, running statistics. */
export class RowInputs {
  readonly #catalogue: Catalogue;
  readonly #events: EventColumns;
  readonly #rows: RowColumns;
  readonly #layout: BatchLayout;
  readonly #hidden: HiddenParts;

  constructor(
    { catalogue, events, rows }: { catalogue: Catalogue; events: EventColumns; rows: RowColumns },
    layout: BatchLayout,
    hidden: HiddenParts,
  ) {
    this.#catalogue = catalogue;
    this.#events = events;
    this.#rows = rows;
    this.#layout = layout;
    this.#hidden = hidden;
  }

  labels(): Float32Array {
    return Float32Array.from(this.#layout.rows, (row) => this.#rows.label[row]!);
  }

  users(): Int32Array {
    const { B, user } = this.#layout;
    const trained = this.#catalogue.users.trained;
    const hidden = this.#hidden.of("user", { rate: this.#hidden.rates.feature, count: B });
    return Int32Array.from(user, (index, b) => (index > trained || hidden?.[b] ? UNKNOWN_INDEX : index));
  }

  codes(of: "context" | "user", name: string): Int32Array {
    const { column } = this.#feature(of, name);
    if (column.kind !== "category") throw kindError(name, "category", column.kind);
    const hidden = this.#hiddenFeature(name);
    return this.#rowIndex(of).map((index, b) => (hidden?.[b] ? MISSING_CODE : column.codes[index]!));
  }

  number(of: "context" | "user", name: string, { present }: { present: boolean }): Float32Array {
    const { schema, column } = this.#feature(of, name);
    if (column.kind !== "number" || schema.kind !== "number") throw kindError(name, "number", column.kind);
    const hidden = this.#hiddenFeature(name);
    return Float32Array.from(this.#rowIndex(of), (index, b) => {
      const value = hidden?.[b] ? Number.NaN : column.values[index]!;
      if (present || Number.isNaN(value)) return Number.isNaN(value) ? 0 : 1;
      return normalise(schema.normaliser, value);
    });
  }

  statistics(): { data: Float32Array; dims: number[] } {
    const { user, item } = this.#catalogue.statistics;
    const { B, rows, event } = this.#layout;
    const width = user.length + item.length;
    const out = new Float32Array(B * width);
    const asNew = this.#hiddenStatistics();
    const ofNew = asNew ? item.map((schema) => statisticOfNew(schema, this.#catalogue.statistics)) : [];
    for (let b = 0; b < B; b++) {
      user.forEach((schema, s) => {
        out[b * width + s] = standardise(schema, this.#events.userStatistics[event[b]! * user.length + s]!);
      });
      item.forEach((schema, s) => {
        const value = asNew?.[b] ? ofNew[s]! : this.#rows.itemStatistics[rows[b]! * item.length + s]!;
        out[b * width + user.length + s] = standardise(schema, value);
      });
    }
    return { data: out, dims: [B, width] };
  }

  /** Rows whose candidate is shown as a new item: its id is hidden, and its statistics are those of no event. */
  #hiddenStatistics(): Uint8Array | null {
    const { B, U, candidate } = this.#layout;
    const { rates } = this.#hidden;
    const ids = this.#hidden.of("id", { rate: rates.id, count: U });
    const rows = this.#hidden.of("statistics", { rate: rates.statistics, count: B });
    return ids && rows ? rows.map((hidden, b) => hidden & ids[candidate[b]!]!) : null;
  }

  #feature(of: "context" | "user", name: string): { schema: FeatureSchema; column: FeatureColumn } {
    const { context, userFeatures } = this.#catalogue;
    return of === "context"
      ? findFeature(context, this.#events.context, { of, name })
      : findFeature(userFeatures.schema, userFeatures.columns, { of, name });
  }

  /** Index of each row's value in its column: the event for a context feature, the user for a user feature. */
  #rowIndex(of: "context" | "user"): Int32Array {
    return of === "context" ? this.#layout.event : this.#layout.user;
  }

  #hiddenFeature(name: string): Uint8Array | null {
    return this.#hidden.of(`feature ${name}`, { rate: this.#hidden.rates.feature, count: this.#layout.B });
  }
}

/** A statistic of an item that has no event yet. */
function statisticOfNew(schema: StatisticSchema, { prior }: { prior: number }): number {
  return statisticValue(schema, emptyCounters(1, []), { index: 0, prior });
}
