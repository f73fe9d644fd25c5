import type { Counters, Event, HistoryStep } from "../../contract.js";

/** What a store knows of one person. */
export interface StoredUser {
  /** The last events, oldest first by (time, item id): at most the cap of the store. */
  history: HistoryStep[];
  /** Counters over every event that was ever stored of this person, those beyond the cap, too. */
  counters: Counters;
}

/** An item as somebody puts it: a record of the fields that dataset.yaml reads, with its id. */
export interface ItemToStore {
  id: string;
  record: Readonly<Record<string, unknown>>;
  /** Seconds since 1970 (UTC): when it is put. */
  putAt: number;
  /** By the field of the record that names them. Those of an item put before under this id go. */
  pictures?: Readonly<Record<string, Uint8Array>>;
}

/** An item as a store gives it back. */
export interface StoredItem extends Omit<ItemToStore, "pictures"> {
  /** As it was given, or just after that of the item put before: later puts have later moments, whatever the clocks of servers say. */
  putAt: number;
  /** Fields that have a picture (`StateStore.pictures`); absent where none has. */
  pictures?: readonly string[];
}

export interface AppendOptions {
  /**
   * Whether the events count in `itemCounters`. False for events of the log that a run was trained on: the run's snapshot of the
   * items has them already. Default true.
   */
  counted?: boolean;
}

/**
 * What changes while a server runs: histories of people, counters of items, items that were added. One interface, two stores:
 * lmdb in a folder (the default) and Redis, which several servers share.
 */
export interface StateStore {
  /** Where the state lives, as a person would name it: a folder, or an address without its password. */
  readonly place: string;
  /** Stores events. They are on disk (or acknowledged by Redis), and seen by the next read of any server, when the promise resolves. */
  append(events: readonly Event[], options?: AppendOptions): Promise<void>;
  /** Null for a person of whom nothing is stored. */
  user(id: string): Promise<StoredUser | null>;
  /** What counted events have added to each of these items; null where nothing. */
  itemCounters(ids: readonly string[]): Promise<(Counters | null)[]>;
  /** Removes everything of a person; returns how many events that were kept of them went. */
  forget(user: string): Promise<number>;
  /** Stores an item, in the place of one that was put under its id; resolves with its `putAt`. */
  putItem(item: ItemToStore): Promise<number>;
  item(id: string): Promise<StoredItem | null>;
  /** All items that were put, oldest first; with `after`, those put later than that moment. */
  items(options?: { after?: number }): AsyncIterable<StoredItem>;
  /** The pictures of an item that was put, by field; none where it has none. */
  pictures(id: string): Promise<Record<string, Uint8Array>>;
  /** All kept events that were counted, person by person, oldest first: what `mmdin export-events` writes. */
  events(): AsyncIterable<Event>;
  /** Resolves where the store answers; rejects with a STORE error otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreLimits {
  /** Events kept of each person; default 1000. */
  eventsPerUser?: number;
  /** Seconds after a person's last event was stored when everything of them is removed; default: never. */
  timeToLive?: number;
  /**
   * Event features whose numbers are summed in the counters (`mean(rating)` reads `rating`). Default: every feature whose value reads
   * as a number, so that a later run may average what this one does not.
   */
  averaged?: readonly string[];
  /**
   * Milliseconds that a store in the network has to answer a read; a write, which may wait for a disk, has eight times as many. Default
   * 250: a question of a person does not wait longer.
   */
  patience?: number;
}
