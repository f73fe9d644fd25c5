import { MmdinError } from "../errors.js";
import type { BatchLayout } from "./batch-layout.js";
import type { BufferRing } from "./buffer-ring.js";
import { type Catalogue, type ModalityColumn, UNKNOWN_INDEX } from "./columns.js";
import { distinctPlaces, type Places } from "./distinct-places.js";
import { normalise } from "./features.js";
import { hasModality } from "./has-modality.js";
import type { HiddenParts } from "./hidden-parts.js";
import { kindError } from "./kind-error.js";

/** A category modality of the distinct items: places [U, longest] among the distinct codes, and weights 1/count. */
export interface Bag extends Places {
  weights: Float32Array;
  longest: number;
}

/** Inputs that belong to the distinct items of a batch: ids, categories, numbers, vectors, and what is there. */
export class ItemInputs {
  readonly #catalogue: Catalogue;
  readonly #layout: BatchLayout;
  readonly #hidden: HiddenParts;
  readonly #buffers: BufferRing;
  readonly #bags = new Map<string, Bag>();

  constructor(
    catalogue: Catalogue,
    layout: BatchLayout,
    { hidden, buffers }: { hidden: HiddenParts; buffers: BufferRing },
  ) {
    this.#buffers = buffers;
    this.#catalogue = catalogue;
    this.#layout = layout;
    this.#hidden = hidden;
  }

  idRows(): Int32Array {
    const { U, distinct, items } = this.#layout;
    const trained = this.#catalogue.items.trained;
    const hidden = this.#hidden.of("id", { rate: this.#hidden.rates.id, count: U });
    const rows = new Int32Array(U).fill(-1);
    for (let u = 0; u < distinct; u++) {
      const item = items[u]!;
      rows[u] = item > trained || hidden?.[u] ? UNKNOWN_INDEX : item;
    }
    return rows;
  }

  bag(name: string): Bag {
    let bag = this.#bags.get(name);
    if (bag === undefined) {
      bag = this.#makeBag(name);
      this.#bags.set(name, bag);
    }
    return bag;
  }

  #makeBag(name: string): Bag {
    const { U, distinct, items } = this.#layout;
    const column = this.#modality(name);
    if (column.kind !== "category") throw kindError(name, "category", column.kind);
    const hidden = this.#hiddenModality(name);
    let longest = 1;
    for (let u = 0; u < distinct; u++) {
      longest = Math.max(longest, column.offsets[items[u]! + 1]! - column.offsets[items[u]!]!);
    }
    if (longest > 1) longest = 2 ** Math.ceil(Math.log2(longest));
    const codes = new Int32Array(U * longest).fill(-1);
    const weights = new Float32Array(U * longest);
    for (let u = 0; u < distinct; u++) {
      if (hidden?.[u]) continue;
      const start = column.offsets[items[u]!]!;
      const count = column.offsets[items[u]! + 1]! - start;
      for (let i = 0; i < count; i++) {
        codes[u * longest + i] = column.codes[start + i]!;
        weights[u * longest + i] = 1 / count;
      }
    }
    return { ...distinctPlaces(codes), weights, longest };
  }

  present(name: string): Float32Array {
    const { U, distinct, items } = this.#layout;
    const column = this.#modality(name);
    const hidden = this.#hiddenModality(name);
    const present = new Float32Array(U);
    for (let u = 0; u < distinct; u++) if (!hidden?.[u] && hasModality(column, items[u]!)) present[u] = 1;
    return present;
  }

  number(name: string): Float32Array {
    const column = this.#modality(name);
    if (column.kind !== "number") throw kindError(name, "number", column.kind);
    const { U, distinct, items } = this.#layout;
    const hidden = this.#hiddenModality(name);
    const out = new Float32Array(U);
    for (let u = 0; u < distinct; u++) {
      const value = column.values[items[u]!]!;
      if (!hidden?.[u] && !Number.isNaN(value)) out[u] = normalise(column.normaliser, value);
    }
    return out;
  }

  vector(name: string): { data: Float32Array; dimension: number } {
    const column = this.#modality(name);
    if (column.kind !== "vector") throw kindError(name, "vector", column.kind);
    const { U, distinct, items } = this.#layout;
    const { dimension, row, values } = column;
    const hidden = this.#hiddenModality(name);
    const data = this.#buffers.take(name, U * dimension);
    for (let u = 0; u < distinct; u++) {
      const at = hidden?.[u] ? -1 : row[items[u]!]!;
      if (at < 0) data.fill(0, u * dimension, (u + 1) * dimension);
      else data.set(values.subarray(at * dimension, (at + 1) * dimension), u * dimension);
    }
    data.fill(0, distinct * dimension);
    return { data, dimension };
  }

  #modality(name: string): ModalityColumn {
    const column = this.#catalogue.modalities.find((modality) => modality.name === name);
    if (column === undefined) {
      const names = this.#catalogue.modalities.map((modality) => modality.name).join(", ");
      throw new MmdinError("MISMATCH", `the catalogue has no modality ${name}`, {
        expected: `one of ${names || "none"}`,
      });
    }
    return column;
  }

  #hiddenModality(name: string): Uint8Array | null {
    return this.#hidden.of(`modality ${name}`, { rate: this.#hidden.rates.modality, count: this.#layout.U });
  }
}
