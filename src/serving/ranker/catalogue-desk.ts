import type { FindItems, NewItem } from "../../api/contract.js";
import { readProjections } from "../../data/catalogue-file.js";
import type { Catalogue } from "../../data/columns.js";
import { GrowingCatalogue, targetsOf } from "../../data/growing-catalogue.js";
import { IdIndex, loadIds } from "../../data/index.js";
import type { NewItems } from "../../data/new-items.js";
import type { Encoder, ProjectionState } from "../../modality/encoder.js";
import { compileFilters } from "../candidates/index.js";
import { checkEncoded, encodeItems, modalitiesOf } from "./put-item.js";
import { findItems, nearestItems, searchText } from "./shown-items.js";
import type { ObservedEvents } from "./work.js";

/** What a catalogue desk begins with: items as they are now, those that were put among them. */
export interface DeskSetup {
  catalogue: Catalogue;
  ids: readonly string[];
  titles: readonly string[];
  pictures: readonly string[];
  /** Events of items that are not in the run. */
  events: ReadonlyMap<number, number>;
  /** The dataset's root. */
  root: string;
}

/** Items that have joined: `target[k]` is the index of item k. */
export interface Joined {
  catalogue: Catalogue;
  target: Int32Array;
  ids: string[];
  titles: string[];
  pictures: string[];
}

/** What one new item was read as. */
export interface Encoded {
  /** By which it joins (`join`). */
  token: number;
  modalities: string[];
  ignored: string[];
}

/** Keeps a catalogue: encodes what comes, lets it join, and looks for items, so that nobody else has to. */
export class CatalogueDesk {
  readonly #growing: GrowingCatalogue;
  readonly #ids: IdIndex;
  readonly #titles: string[];
  readonly #pictures: string[];
  readonly #setup: DeskSetup;
  /** Titles as a search compares them, from the first search on. */
  #searched: string[] | undefined;
  /** Events of items that are not in the run. */
  readonly #events: Map<number, number>;
  #users: string[] | undefined;
  #projections: ReadonlyMap<string, ProjectionState> | undefined;
  readonly #opened = new Map<string, Encoder>();
  readonly #encoded = new Map<number, NewItems>();
  #next = 0;

  constructor(setup: DeskSetup) {
    this.#setup = setup;
    this.#growing = new GrowingCatalogue(setup.catalogue);
    this.#ids = new IdIndex(setup.ids);
    this.#titles = [...setup.titles];
    this.#pictures = [...setup.pictures];
    this.#events = new Map(setup.events);
  }

  /** Loads what reading items needs, so that the first one does not wait for it; large models are left for when an item comes. */
  async warm(): Promise<void> {
    const { itemSource } = this.#growing.catalogue;
    if (itemSource === null) return;
    const encoders = Object.values(itemSource.modalities).flatMap((config) =>
      "encoder" in config ? config.encoder : [],
    );
    if (encoders.some((encoder) => encoder.startsWith("hf:"))) return;
    const { token } = await this.encode([{ id: "-", record: {} }], { checked: false });
    this.drop(token);
  }

  /** Reads items; with `checked`, there is one, which has to be as it was meant. @throws MmdinError REQUEST, DATA, MISMATCH: see `readNewItems`. */
  async encode(items: readonly NewItem[], { checked }: { checked: boolean }): Promise<Encoded> {
    const { root } = this.#setup;
    const { catalogue } = this.#growing;
    this.#projections ??= readProjections(catalogue);
    const reader = { catalogue, projections: this.#projections, root, opened: this.#opened };
    const encoded = await encodeItems(items, reader);
    const [first] = items;
    if (checked && first !== undefined) await checkEncoded(first, { encoded, source: catalogue.itemSource, root });
    const token = this.#next++;
    this.#encoded.set(token, encoded);
    return { token, modalities: checked ? modalitiesOf(encoded, 0) : [], ignored: encoded.ignored };
  }

  /** What was read joins the catalogue. */
  join(token: number): Joined {
    const encoded = this.#encoded.get(token);
    if (encoded === undefined) throw new TypeError(`nothing was encoded as ${token}`);
    this.#encoded.delete(token);
    const { ids, texts } = encoded;
    const target = targetsOf(ids, this.#ids);
    const catalogue = this.#growing.join(encoded, { target });
    for (const [k, index] of target.entries()) {
      if (index === this.#ids.ids.length) this.#ids.add(ids[k]!);
      this.#titles[index] = texts.titles[k]!;
      this.#pictures[index] = texts.pictures[k]!;
      if (this.#searched !== undefined) this.#searched[index] = searchText(texts.titles[k]!);
    }
    return { catalogue, target, ids, titles: texts.titles, pictures: texts.pictures };
  }

  /** What was read is not wanted. */
  drop(token: number): void {
    this.#encoded.delete(token);
  }

  find({ filters = {}, ...query }: FindItems): { items: number[]; total: number } {
    this.#searched ??= this.#titles.map(searchText);
    const { catalogue } = this.#growing;
    const { allows } = compileFilters(filters, { catalogue, ids: this.#ids });
    const eventsOf = (item: number): number => catalogue.itemCounters.count[item]! + (this.#events.get(item) ?? 0);
    return findItems(query, { eventsOf, ids: this.#ids.ids, titles: this.#searched, allows });
  }

  /** Counts events that are not in the run. */
  observe({ items, events }: ObservedEvents): void {
    for (const [k, item] of items.entries()) this.#events.set(item, (this.#events.get(item) ?? 0) + events[k]!);
  }

  near(index: number, options: { modality: string; k?: number | undefined }): { item: number; cosine: number }[] {
    return nearestItems(index, { catalogue: this.#growing.catalogue, ...options });
  }

  /** People of the run's log, in the order of their ids. */
  users({ search = "", limit }: { search?: string | undefined; limit: number }): string[] {
    this.#users ??= loadIds(this.#setup.catalogue, "users").slice(1).sort();
    const wanted = searchText(search.trim());
    const found: string[] = [];
    for (const id of this.#users) {
      if (found.length === limit) break;
      if (wanted === "" || searchText(id).includes(wanted)) found.push(id);
    }
    return found;
  }
}
