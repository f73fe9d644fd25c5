import { setImmediate as turn } from "node:timers/promises";
import type { Counters, Event } from "../../contract.js";
import { MmdinError } from "../../errors.js";
import { groupBy } from "./group-by.js";
import { type LmdbFiles, lmdbError, openLmdbFiles } from "./lmdb-files.js";
import { eventKey, ID_BYTES, idKey, idOfMoment, momentKey, momentOf, rangeOf } from "./lmdb-keys.js";
import { packPictures, unpackPictures } from "./packed-pictures.js";
import { putMoment, recordOf } from "./put-moment.js";
import type { AppendOptions, ItemToStore, StateStore, StoredItem, StoredUser, StoreLimits } from "./state-store.js";
import { type CheckedLimits, checkLimits } from "./store-limits.js";
import { byTimeAndItem, checkEvents, countedEventOf, eventText, stepOf } from "./stored-event.js";
import { addToTally, countersOf, emptyTally, numbersOf, parseTally, tallyText } from "./tally.js";

/** What stands beside a person's events. */
interface UserRecord {
  id: string;
  tally: string;
  /** Events kept. */
  kept: number;
  /** Milliseconds since 1970: when the last event was stored. */
  seen: number;
}

const NOTHING = Buffer.alloc(0);
/** Keys that are read at a time while all are walked through: a longer look would keep old pages from being used again. */
const PAGE = 32;
/** Items whose counters are read in one turn of the event loop: some two milliseconds. */
const ITEMS_AT_ONCE = 250;
/** People removed in one transaction of the sweep. */
const SWEEP = 64;
const LONGEST_SWEEP_PAUSE = 60_000;

/**
 * State in a folder, through lmdb: memory-mapped, safe in a crash, shared by the processes of one machine. An append is one transaction;
 * its promise resolves when the disk has it.
 */
export class LmdbStore implements StateStore {
  readonly place: string;
  readonly #files: LmdbFiles;
  readonly #limits: CheckedLimits;
  readonly #sweeper: NodeJS.Timeout | undefined;
  #closed = false;

  private constructor(place: string, { files, limits }: { files: LmdbFiles; limits: CheckedLimits }) {
    this.place = place;
    this.#files = files;
    this.#limits = limits;
    if (Number.isFinite(limits.timeToLive)) {
      const pause = Math.min(limits.timeToLive / 2, LONGEST_SWEEP_PAUSE);
      // What keeps a sweep from writing keeps appends from writing, and those say so; the next sweep tries again.
      this.#sweeper = setInterval(() => void this.sweep().catch(() => undefined), pause);
      this.#sweeper.unref();
    }
  }

  /** @throws MmdinError STORE, FORMAT or CONFIG: see `openStore`. */
  static async open(folder: string, limits: StoreLimits = {}): Promise<LmdbStore> {
    const checked = checkLimits(limits);
    const store = new LmdbStore(folder, { files: openLmdbFiles(folder), limits: checked });
    await store.sweep().catch(async (error: unknown) => {
      await store.close();
      throw error;
    });
    return store;
  }

  async append(events: readonly Event[], { counted = true }: AppendOptions = {}): Promise<void> {
    checkEvents(events);
    if (events.length === 0) return;
    const { averaged } = this.#limits;
    await this.#write(() => {
      for (const [user, own] of groupBy(events, (event) => event.user)) this.#appendOf(user, own, { counted });
      if (!counted) return;
      for (const [item, own] of groupBy(events, (event) => event.item)) {
        const key = idKey(item);
        const text = this.#files.counts.get(key)?.toString();
        const tally = text === undefined ? emptyTally() : parseTally(text);
        for (const { label, features } of own) addToTally(tally, { label, numbers: numbersOf(features, averaged) });
        this.#files.counts.put(key, Buffer.from(tallyText(tally)));
      }
    });
  }

  #appendOf(user: string, own: readonly Event[], options: { counted: boolean }): void {
    const { users, events, seen } = this.#files;
    const key = idKey(user);
    let record = this.#record(key);
    if (record !== null && this.#expired(record)) {
      this.#remove(key, record);
      record = null;
    }
    const tally = record === null ? emptyTally() : parseTally(record.tally);
    for (const event of own) {
      events.put(eventKey(key, { time: event.time, sequence: tally.count }), Buffer.from(eventText(event, options)));
      addToTally(tally, { label: event.label, numbers: numbersOf(event.features, this.#limits.averaged) });
    }
    const all = (record?.kept ?? 0) + own.length;
    const kept = Math.min(all, this.#limits.eventsPerUser);
    if (all > kept) this.#trim(key, all - kept);
    const now = Date.now();
    if (record !== null) seen.remove(momentKey(record.seen, key));
    seen.put(momentKey(now, key), NOTHING);
    users.put(key, encode({ id: user, tally: tallyText(tally), kept, seen: now }));
  }

  /** Removes the oldest events of a person. Keys are in the order of time; those of the last time that goes are put in that of items. */
  #trim(user: Buffer, excess: number): void {
    const { events } = this.#files;
    const oldest: { key: Buffer; item: string; time: number }[] = [];
    for (const { key, value } of events.getRange(rangeOf(user))) {
      const { item, time } = stepOf(value.toString());
      if (oldest.length >= excess && time !== oldest.at(-1)?.time) break;
      oldest.push({ key: Buffer.from(key), item, time });
    }
    for (const { key } of oldest.sort(byTimeAndItem).slice(0, excess)) events.remove(key);
  }

  async user(id: string): Promise<StoredUser | null> {
    return this.#read(() => {
      const key = idKey(id);
      const record = this.#record(key);
      if (record === null || this.#expired(record)) return null;
      const history = this.#texts(key).map(stepOf).sort(byTimeAndItem);
      return { history: history.slice(-this.#limits.eventsPerUser), counters: countersOf(parseTally(record.tally)) };
    });
  }

  async itemCounters(ids: readonly string[]): Promise<(Counters | null)[]> {
    const found: (Counters | null)[] = [];
    for (let start = 0; start < ids.length; start += ITEMS_AT_ONCE) {
      // A thread that answers others, too, is not held up for all of them.
      if (start > 0) await turn();
      const some = ids.slice(start, start + ITEMS_AT_ONCE);
      found.push(...this.#read(() => some.map((id) => this.#countersOf(id))));
    }
    return found;
  }

  #countersOf(id: string): Counters | null {
    const text = this.#files.counts.get(idKey(id))?.toString();
    return text === undefined ? null : countersOf(parseTally(text));
  }

  async forget(user: string): Promise<number> {
    return this.#write(() => {
      const key = idKey(user);
      const record = this.#record(key);
      if (record === null) return 0;
      this.#remove(key, record);
      return this.#expired(record) ? 0 : record.kept;
    });
  }

  async putItem(item: ItemToStore): Promise<number> {
    const key = idKey(item.id);
    const { items, put, pictures } = this.#files;
    return this.#write(() => {
      const [last] = [...put.getKeys({ reverse: true, limit: 1 })];
      const putAt = putMoment(item.putAt, last && momentOf(last));
      const old = items.get(key);
      if (old !== undefined) put.remove(momentKey(decode<StoredItem>(old).putAt, key));
      items.put(key, encode({ ...recordOf(item), putAt }));
      put.put(momentKey(putAt, key), NOTHING);
      if (item.pictures === undefined) pictures.remove(key);
      else pictures.put(key, packPictures(item.pictures));
      return putAt;
    });
  }

  async item(id: string): Promise<StoredItem | null> {
    return this.#read(() => {
      const value = this.#files.items.get(idKey(id));
      return value === undefined ? null : decode<StoredItem>(value);
    });
  }

  async *items({ after }: { after?: number } = {}): AsyncGenerator<StoredItem> {
    const first = after === undefined ? undefined : momentKey(after, AFTER_IDS);
    for await (const page of this.#pages("put", (key) => this.#files.items.get(idOfMoment(key)), first)) {
      for (const value of page) yield decode<StoredItem>(value);
    }
  }

  async pictures(id: string): Promise<Record<string, Uint8Array>> {
    return this.#read(() => {
      const value = this.#files.pictures.get(idKey(id));
      return value === undefined ? {} : unpackPictures(value);
    });
  }

  async *events(): AsyncGenerator<Event> {
    for await (const page of this.#pages("users", (key, value) => {
      const record = decode<UserRecord>(value);
      return this.#expired(record) ? undefined : { user: record.id, texts: this.#texts(key) };
    })) {
      for (const { user, texts } of page) {
        const own = texts.map((text) => countedEventOf(text, user)).filter((event) => event !== null);
        yield* own.sort(byTimeAndItem);
      }
    }
  }

  async ping(): Promise<void> {
    this.#read(() => this.#files.users.get(NOTHING_KEY));
  }

  /** Removes everybody whose time to live is over; returns how many people went. */
  async sweep(): Promise<number> {
    const { timeToLive } = this.#limits;
    if (!Number.isFinite(timeToLive)) return 0;
    let removed = 0;
    for (let more = true; more && !this.#closed; ) {
      const end = momentKey(Date.now() - timeToLive, NOTHING);
      const due = this.#read(() => [...this.#files.seen.getKeys({ end, limit: SWEEP })].map((key) => Buffer.from(key)));
      if (due.length === 0) break;
      more = due.length === SWEEP;
      removed += await this.#write(() => {
        let gone = 0;
        for (const moment of due) {
          const record = this.#record(idOfMoment(moment));
          // Seen again since it was read, by this process or another.
          if (record === null || !this.#expired(record)) continue;
          this.#remove(idOfMoment(moment), record);
          gone++;
        }
        return gone;
      });
    }
    return removed;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#sweeper);
    await this.#files.root.close();
  }

  #record(key: Buffer): UserRecord | null {
    const value = this.#files.users.get(key);
    return value === undefined ? null : decode<UserRecord>(value);
  }

  #expired({ seen }: UserRecord): boolean {
    return seen + this.#limits.timeToLive <= Date.now();
  }

  #texts(user: Buffer): string[] {
    return [...this.#files.events.getRange(rangeOf(user))].map(({ value }) => value.toString());
  }

  #remove(key: Buffer, { seen }: UserRecord): void {
    const { users, events, seen: moments } = this.#files;
    const keys = [...events.getKeys(rangeOf(key))].map((event) => Buffer.from(event));
    for (const event of keys) events.remove(event);
    moments.remove(momentKey(seen, key));
    users.remove(key);
  }

  /** All entries of a table in the order of their keys, a page at a time, each page as it is when its turn comes. */
  async *#pages<T extends object>(
    table: "users" | "put",
    take: (key: Buffer, value: Buffer) => T | undefined,
    first?: Buffer,
  ): AsyncGenerator<T[]> {
    let after = first;
    for (;;) {
      const start = after === undefined ? {} : { start: after, exclusiveStart: true };
      const { last, page } = this.#read(() => {
        const entries = [...this.#files[table].getRange({ ...start, limit: PAGE })].map(({ key, value }) => ({
          key: Buffer.from(key),
          value,
        }));
        const taken = entries.map(({ key, value }) => take(key, value)).filter((found) => found !== undefined);
        return { last: entries.at(-1)?.key, page: taken };
      });
      if (last === undefined) return;
      yield page;
      after = last;
    }
  }

  /** lmdb itself would end the process. */
  #checkOpen(): void {
    if (this.#closed) throw new MmdinError("STORE", "the store is closed", { where: this.place });
  }

  /** Reads as of now: what another process has committed is seen. All that `act` reads is of one moment. */
  #read<T>(act: () => T): T {
    this.#checkOpen();
    try {
      this.#files.root.resetReadTxn();
      return act();
    } catch (cause) {
      throw lmdbError(cause, this.place);
    }
  }

  /** Runs `act` in a transaction of its own inside the next commit: all of it or, where it throws, nothing. */
  async #write<T>(act: () => T): Promise<T> {
    this.#checkOpen();
    try {
      return await this.#files.root.childTransaction(act);
    } catch (cause) {
      throw lmdbError(await commitCause(cause), this.place);
    }
  }
}

/** Later than the key of any item of a moment. */
const AFTER_IDS = Buffer.alloc(ID_BYTES + 1, 0xff);
const NOTHING_KEY = Buffer.alloc(1); // of nobody

/** Why a commit failed, which lmdb puts in a promise beside its error. */
async function commitCause(cause: unknown): Promise<unknown> {
  if (!(cause instanceof Error && "commitError" in cause)) return cause;
  try {
    await cause.commitError;
    return cause;
  } catch (reason) {
    return reason;
  }
}

function encode(value: UserRecord | StoredItem): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function decode<T>(value: Buffer): T {
  return JSON.parse(value.toString());
}
