import { loadIds } from "./catalogue-file.js";
import { type Catalogue, UNKNOWN_INDEX } from "./columns.js";

/** Finds the index of an id as the user knows it, and the id of an index. */
export class IdIndex {
  readonly #ids: string[];
  readonly #indexOf: Map<string, number>;

  /** `ids`: by index; the unknown one, at 0, is never found. */
  constructor(ids: readonly string[]) {
    this.#ids = [...ids];
    this.#indexOf = new Map();
    for (let index = UNKNOWN_INDEX + 1; index < ids.length; index++) this.#indexOf.set(ids[index]!, index);
  }

  /** The ids of a catalogue's items or users. */
  static of(catalogue: Pick<Catalogue, "directory">, of: "items" | "users"): IdIndex {
    return new IdIndex(loadIds(catalogue, of));
  }

  get ids(): readonly string[] {
    return this.#ids;
  }

  /** Gives an id that is new the next index. */
  add(id: string): number {
    const index = this.#ids.push(id) - 1;
    this.#indexOf.set(id, index);
    return index;
  }

  /** The index of an id, UNKNOWN_INDEX where it is not in the catalogue. */
  indexOf(id: string | number): number {
    return this.#indexOf.get(String(id)) ?? UNKNOWN_INDEX;
  }
}
