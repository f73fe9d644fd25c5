import { type Catalogue, type CounterColumns, type ModalityColumn, UNKNOWN_INDEX } from "./columns.js";
import type { NewItems } from "./new-items.js";

/**
 * A catalogue that new items join while it is read: what `joinItems` does, at the price of the items that come and not of those that are
 * there. Columns lie in shared memory with room behind them, so that a thread that has a catalogue gets the next one for a message of a
 * few bytes.
 *
 * A thread that reads an item of an older catalogue while the item is replaced may see some of its new values; the next catalogue
 * that it gets has all of them.
 */
export class GrowingCatalogue {
  #catalogue: Catalogue;
  readonly #modalities: GrowingColumn[];
  readonly #counters: GrowingCounters;

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
    this.#modalities = catalogue.modalities.map(growing);
    this.#counters = new GrowingCounters(catalogue.itemCounters);
  }

  get catalogue(): Catalogue {
    return this.#catalogue;
  }

  /**
   * @param options.target index of each new item: that of an item which it replaces, or one from `items.count` on, without gaps, each once.
   *   Counters of new items start at 0; those of replaced ones stay.
   */
  join(added: Pick<NewItems, "modalities">, { target }: { target: Int32Array }): Catalogue {
    const before = this.#catalogue.items.count;
    const count = target.reduce((most, index) => Math.max(most, index + 1), before);
    // In the order of their indices, new ones are appended one after the other.
    const order = Array.from(target.keys()).sort((a, b) => target[a]! - target[b]!);
    const modalities = this.#modalities.map((column, m) =>
      column.join(added.modalities[m]!, { target, order, before }),
    );
    this.#catalogue = {
      ...this.#catalogue,
      items: { ...this.#catalogue.items, count },
      modalities,
      itemCounters: this.#counters.lengthen(count),
    };
    return this.#catalogue;
  }
}

interface Joining {
  target: Int32Array;
  /** Places in `target` by the index that stands there. */
  order: readonly number[];
  /** Items before. */
  before: number;
}

interface GrowingColumn {
  join(now: ModalityColumn, joining: Joining): ModalityColumn;
}

function growing(column: ModalityColumn): GrowingColumn {
  switch (column.kind) {
    case "number":
      return growingNumbers(column);
    case "category":
      return growingCategories(column);
    case "vector":
      return growingVectors(column);
  }
}

function growingNumbers(column: Extract<ModalityColumn, { kind: "number" }>): GrowingColumn {
  const values = new Room(column.values);
  return {
    join(now, { target, order }) {
      if (now.kind !== "number") throw otherKind(column, now);
      for (const k of order) values.set(target[k]!, now.values[k]!);
      return { ...column, values: values.view };
    },
  };
}

function growingVectors(column: Extract<ModalityColumn, { kind: "vector" }>): GrowingColumn {
  const { dimension } = column;
  let rows = new Room(column.row);
  let values = new Room(column.values);
  /** Rows of values that no item has any more. */
  let left = 0;
  const compact = (): void => {
    const [oldRows, old] = [rows.view, values.view];
    rows = new Room(new Int32Array(0));
    values = new Room(new Float32Array(0));
    for (const from of oldRows) {
      if (from >= 0) values.push(old.subarray(from * dimension, (from + 1) * dimension));
      rows.push(from >= 0 ? values.length / dimension - 1 : -1);
    }
    left = 0;
  };
  return {
    join(now, { target, order, before }) {
      if (now.kind !== "vector") throw otherKind(column, now);
      for (const k of order) {
        const from = now.row[k]!;
        if (target[k]! < before && rows.view[target[k]!]! >= 0) left += 1;
        // A replaced vector stays where it is, as somebody may be reading it; the item gets another row.
        if (from >= 0) values.push(now.values.subarray(from * dimension, (from + 1) * dimension));
        rows.set(target[k]!, from >= 0 ? values.length / dimension - 1 : -1);
      }
      if (left > 1000 && left > rows.length) compact();
      return { ...column, row: rows.view, values: values.view };
    },
  };
}

function growingCategories(column: Extract<ModalityColumn, { kind: "category" }>): GrowingColumn {
  let offsets = new Room(column.offsets);
  let codes = new Room(column.codes);
  return {
    join(now, { target, order, before }) {
      if (now.kind !== "category") throw otherKind(column, now);
      const codesOf = (k: number): Int32Array => now.codes.subarray(now.offsets[k]!, now.offsets[k + 1]!);
      if (order.some((k) => target[k]! < before)) {
        // The codes of one item end where those of the next begin: a replaced one moves them all.
        const source = new Map(order.map((k) => [target[k]!, k]));
        const [oldOffsets, oldCodes] = [offsets.view, codes.view];
        offsets = new Room(Int32Array.of(0));
        codes = new Room(new Int32Array(0));
        for (let item = 0; item < before; item++) {
          const k = source.get(item);
          const old = oldCodes.subarray(oldOffsets[item]!, oldOffsets[item + 1]!);
          codes.push(k === undefined ? old : codesOf(k));
          offsets.push(codes.length);
        }
      }
      for (const k of order) {
        if (target[k]! < before) continue;
        codes.push(codesOf(k));
        offsets.push(codes.length);
      }
      return { ...column, offsets: offsets.view, codes: codes.view };
    },
  };
}

class GrowingCounters {
  readonly #count: Room<Uint32Array>;
  readonly #positives: Room<Uint32Array>;
  readonly #means: [string, { count: Room<Uint32Array>; sum: Room<Float64Array> }][];

  constructor({ count, positives, means }: CounterColumns) {
    this.#count = new Room(count);
    this.#positives = new Room(positives);
    this.#means = Object.entries(means).map(([name, mean]) => [
      name,
      { count: new Room(mean.count), sum: new Room(mean.sum) },
    ]);
  }

  lengthen(count: number): CounterColumns {
    const longer = <T extends Numbers>(room: Room<T>): T => {
      while (room.length < count) room.push(0);
      return room.view;
    };
    return {
      count: longer(this.#count),
      positives: longer(this.#positives),
      means: Object.fromEntries(
        this.#means.map(([name, { count: number, sum }]) => [name, { count: longer(number), sum: longer(sum) }]),
      ),
    };
  }
}

type Numbers = Int32Array | Uint32Array | Float32Array | Float64Array;
type NumbersType<T> = new (buffer: SharedArrayBuffer, start: number, length: number) => T;

/** Numbers in shared memory with room behind them: half as much again as there are. */
class Room<T extends Numbers> {
  #view: T;
  #all: T;

  constructor(values: T) {
    this.#view = values;
    this.#all = values;
  }

  get view(): T {
    return this.#view;
  }

  get length(): number {
    return this.#view.length;
  }

  /** Behind the last one, or in the place of one. */
  set(at: number, value: number): void {
    if (at === this.length) this.push(value);
    else this.#view[at] = value;
  }

  push(values: number | T): void {
    const before = this.length;
    const length = before + (typeof values === "number" ? 1 : values.length);
    if (length > this.#all.length) this.#make(Math.max(length, Math.ceil(before * 1.5), 64));
    if (typeof values === "number") this.#all[before] = values;
    else this.#all.set(values, before);
    this.#view = this.#all.subarray(0, length) as T;
  }

  #make(size: number): void {
    const type = this.#all.constructor as NumbersType<T>;
    const made = new type(new SharedArrayBuffer(size * this.#all.BYTES_PER_ELEMENT), 0, size);
    made.set(this.#view);
    this.#all = made;
  }
}

function otherKind({ name, kind }: ModalityColumn, now: ModalityColumn): TypeError {
  return new TypeError(`modality ${name} is ${kind} and cannot be joined by ${now.kind}`);
}

/** Index of each id: its own where the catalogue has it, else the next free one. */
export function targetsOf(
  ids: readonly string[],
  known: { ids: readonly string[]; indexOf(id: string): number },
): Int32Array {
  let next = known.ids.length;
  return Int32Array.from(ids, (id) => {
    const index = known.indexOf(id);
    return index === UNKNOWN_INDEX ? next++ : index;
  });
}
