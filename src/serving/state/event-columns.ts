import type { Event, FeatureValue } from "../../contract.js";

/** A column of the file that features of one name are written to. */
export interface EventColumn {
  /** Whose feature it is: the step's (`events.features`) or the moment's (`context.features`). */
  group: "features" | "context";
  /** The feature's name. */
  name: string;
  /** The column's name: that of the feature, unless it is taken. */
  column: string;
  /** What its values have been so far: all numbers (or text that reads as one), lists, or anything else. */
  kind: "number" | "category" | "list";
}

const OWN = ["user", "item", "time", "label"];

/**
 * The columns of exported events, found while they pass. A name that is taken, by the event itself or by a feature of the other group,
 * gets its group in front; names that differ in case alone are one to SQL.
 */
export class EventColumns {
  readonly #columns = new Map<string, EventColumn>();
  readonly #taken = new Set(OWN);

  /** The event as one flat record. */
  record({ user, item, time, label, features = {}, context = {} }: Event): Map<string, FeatureValue> {
    const record = new Map<string, FeatureValue>(Object.entries({ user: whole(user), item: whole(item), time, label }));
    for (const [group, values] of Object.entries({ features, context })) {
      for (const [name, value] of Object.entries(values)) {
        if (value === null) continue;
        const column = this.#columnOf(group === "features" ? "features" : "context", name);
        column.kind = kindWith(column.kind, value);
        record.set(column.column, typeof value === "string" ? whole(value) : value);
      }
    }
    return record;
  }

  /** In the order in which they were met. */
  list(): EventColumn[] {
    return [...this.#columns.values()];
  }

  #columnOf(group: EventColumn["group"], name: string): EventColumn {
    const key = `${group} ${name}`;
    const known = this.#columns.get(key);
    if (known !== undefined) return known;
    let column = whole(name);
    for (let n = 1; this.#taken.has(column.toLowerCase()); n++)
      column = `${group === "features" ? "event" : "context"}_${whole(name)}${n > 1 ? n : ""}`;
    this.#taken.add(column.toLowerCase());
    const found: EventColumn = { group, name, column, kind: "number" };
    this.#columns.set(key, found);
    return found;
  }
}

function kindWith(kind: EventColumn["kind"], value: FeatureValue): EventColumn["kind"] {
  if (kind === "list" || typeof value === "object") return "list";
  const reads = typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value));
  return kind === "number" && reads ? "number" : "category";
}

/** Text without halves of surrogate pairs, which are no Unicode and no reader of JSON takes. */
function whole(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
