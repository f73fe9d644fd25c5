import { Redis } from "ioredis";
import type { Counters, Event } from "../../contract.js";
import { groupBy } from "./group-by.js";
import { recordOf } from "./put-moment.js";
import { parseRedisAddress, type RedisAddress } from "./redis-address.js";
import { redisError } from "./redis-errors.js";
import { APPEND, CHECK, FORGET, PUT_ITEM, READ_USER, type RedisScript } from "./redis-scripts.js";
import type { AppendOptions, ItemToStore, StateStore, StoredItem, StoredUser, StoreLimits } from "./state-store.js";
import { type CheckedLimits, checkLimits } from "./store-limits.js";
import { checkEvents, countedEventOf, eventText, stepOf } from "./stored-event.js";
import { countersOf, numbersOf, parseTally } from "./tally.js";

const FORMAT = "mmdin-state 1";
/** A write may take so many times as long as a read: it may wait for a disk. */
const WRITE = 8;
/** Milliseconds. */
const CONNECT_TIME = 1000;
const LONGEST_RETRY = 500;
/** Keys asked for in one command, and people read at once in an export. */
const KEYS_AT_ONCE = 1000;
const PEOPLE_AT_ONCE = 32;

/**
 * State in a Redis, which several servers share. An append is one script: Redis runs all of it or none, and its promise resolves when
 * Redis has acknowledged it. How safe that is in a crash of Redis is its own setting (`appendonly`, `appendfsync`).
 *
 * Where Redis is gone every call is refused at once, or after a bounded wait, and works again as soon as it is back. Nothing is
 * queued, and nothing is sent twice: an append without an answer may or may not have been stored.
 */
export class RedisStore implements StateStore {
  readonly place: string;
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #limits: CheckedLimits;
  #lastError: Error | undefined;

  private constructor({ place, prefix, connection }: RedisAddress, limits: CheckedLimits) {
    this.place = place;
    this.#prefix = prefix;
    this.#limits = limits;
    this.#redis = new Redis({
      ...connection,
      lazyConnect: true,
      connectTimeout: CONNECT_TIME,
      socketTimeout: 2 * WRITE * limits.patience, // a peer that says nothing more is gone, even where the network does not say so
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(50 * times, LONGEST_RETRY),
    });
    // Without a listener ioredis prints; what is said here is said again by the call that fails for it.
    this.#redis.on("error", (error: Error) => {
      this.#lastError = error;
    });
    this.#redis.on("connect", () => {
      this.#lastError = undefined;
    });
  }

  /** @throws MmdinError STORE, FORMAT or CONFIG: see `openStore`. */
  static async open(address: string, limits: StoreLimits = {}): Promise<RedisStore> {
    const store = new RedisStore(parseRedisAddress(address), checkLimits(limits));
    try {
      await store.#ask(() => store.#redis.connect(), { within: 2 * CONNECT_TIME });
      await store.ping();
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async append(events: readonly Event[], { counted = true }: AppendOptions = {}): Promise<void> {
    checkEvents(events);
    if (events.length === 0) return;
    const { eventsPerUser, timeToLive, averaged } = this.#limits;
    const people = groupBy(events, ({ user }) => user);
    const items = counted ? groupBy(events, ({ item }) => item) : new Map<string, Event[]>();
    const keys = [
      ...[...people.keys()].flatMap((user) => this.#userKeys(user)),
      ...[...items.keys()].map((item) => this.#key("counts", item)),
    ];
    const ttl = Number.isFinite(timeToLive) ? Math.ceil(timeToLive) : 0;
    const words: (string | number)[] = [eventsPerUser, ttl, people.size, items.size];
    const addCounted = ({ label, features }: Event): void => {
      const numbers = numbersOf(features, averaged);
      words.push(label, numbers.length);
      for (const [name, number] of numbers) words.push(JSON.stringify(name), number);
    };
    for (const own of people.values()) {
      words.push(own.length);
      for (const event of own) {
        words.push(event.time, event.item, eventText(event, { counted }));
        addCounted(event);
      }
    }
    for (const own of items.values()) {
      words.push(own.length);
      own.forEach(addCounted);
    }
    await this.#run(APPEND, { keys, words, within: this.#writeTime });
  }

  async user(id: string): Promise<StoredUser | null> {
    const found = await this.#user(id);
    if (found === null) return null;
    return { history: found.texts.map(stepOf), counters: countersOf(parseTally(found.tally)) };
  }

  async itemCounters(ids: readonly string[]): Promise<(Counters | null)[]> {
    const found = await this.#texts(ids.map((id) => this.#key("counts", id)));
    return found.map((text) => (text === null ? null : countersOf(parseTally(text))));
  }

  async forget(user: string): Promise<number> {
    return Number(await this.#run(FORGET, { keys: this.#userKeys(user), within: this.#writeTime }));
  }

  async putItem(item: ItemToStore): Promise<number> {
    const { putAt, ...rest } = recordOf(item);
    const text = `${JSON.stringify(rest).slice(0, -1)},"putAt":`;
    const pictures = Object.entries(item.pictures ?? {}).flatMap(([field, bytes]) => [field, Buffer.from(bytes)]);
    const moment = await this.#run(PUT_ITEM, {
      keys: [this.#key("item", item.id), `${this.#prefix}items`, this.#key("pictures", item.id)],
      words: [putAt, jsonInner(item.id), text, ...pictures],
      within: this.#writeTime,
    });
    return Number(moment);
  }

  async item(id: string): Promise<StoredItem | null> {
    const [text = null] = await this.#texts([this.#key("item", id)]);
    return text === null ? null : JSON.parse(text);
  }

  async *items({ after }: { after?: number } = {}): AsyncGenerator<StoredItem> {
    const least = after === undefined ? "-inf" : `(${after}`;
    const names = await this.#ask(() => this.#redis.zrangebyscore(`${this.#prefix}items`, least, "+inf"));
    for (let start = 0; start < names.length; start += KEYS_AT_ONCE) {
      const keys = names.slice(start, start + KEYS_AT_ONCE).map((name) => `${this.#prefix}item:${name}`);
      for (const text of await this.#texts(keys)) if (text !== null) yield JSON.parse(text);
    }
  }

  async pictures(id: string): Promise<Record<string, Uint8Array>> {
    const found = await this.#ask(() => this.#redis.hgetallBuffer(this.#key("pictures", id)), {
      within: this.#writeTime,
    });
    return Object.fromEntries(Object.entries(found).map(([field, bytes]) => [field, new Uint8Array(bytes)]));
  }

  async *events(): AsyncGenerator<Event> {
    const head = `${this.#prefix}user:`;
    const pattern = `${head.replace(/[\\*?[\]]/g, "\\$&")}*`;
    const met = new Set<string>(); // Redis may give a key more than once while it grows
    let cursor = "0";
    do {
      const at = cursor;
      const [next, keys] = await this.#ask(() => this.#redis.scan(at, "MATCH", pattern, "COUNT", KEYS_AT_ONCE));
      cursor = next;
      const fresh = keys.filter((key) => !met.has(key) && met.add(key));
      for (let start = 0; start < fresh.length; start += PEOPLE_AT_ONCE) {
        const people = fresh.slice(start, start + PEOPLE_AT_ONCE).map((key) => idOfJson(key.slice(head.length)));
        const found = await Promise.all(people.map(async (user) => ({ user, texts: (await this.#user(user))?.texts })));
        for (const { user, texts = [] } of found) {
          for (const text of texts) {
            const event = countedEventOf(text, user);
            if (event !== null) yield event;
          }
        }
      }
    } while (cursor !== "0");
  }

  async ping(): Promise<void> {
    await this.#run(CHECK, { keys: [] });
  }

  async close(): Promise<void> {
    // What was asked has been answered or refused by its own time-out: there is nothing to wait for.
    this.#redis.disconnect();
  }

  get #writeTime(): number {
    return WRITE * this.#limits.patience;
  }

  /** The counters of a person, and the texts of their events, oldest first. */
  async #user(id: string): Promise<{ tally: string; texts: string[] } | null> {
    const reply = await this.#run(READ_USER, { keys: this.#userKeys(id), words: [this.#limits.eventsPerUser] });
    if (!Array.isArray(reply) || typeof reply[0] !== "string") return null;
    const members: string[] = reply[1];
    return { tally: reply[0], texts: members.map((member) => member.slice(member.lastIndexOf("\0") + 1)) };
  }

  async #texts(keys: readonly string[]): Promise<(string | null)[]> {
    const found: (string | null)[] = [];
    for (let start = 0; start < keys.length; start += KEYS_AT_ONCE) {
      const some = keys.slice(start, start + KEYS_AT_ONCE);
      found.push(...(await this.#ask(() => this.#redis.mget(some))));
    }
    return found;
  }

  #userKeys(user: string): string[] {
    return [this.#key("user", user), this.#key("events", user)];
  }

  /** The id comes last, so that whatever is in it is no other key. */
  #key(kind: "user" | "events" | "counts" | "item" | "pictures", id: string): string {
    return `${this.#prefix}${kind}:${jsonInner(id)}`;
  }

  /** Runs a script by its hash, and sends it where this Redis has not met it. */
  async #run(
    { sha, text }: RedisScript,
    { keys, words = [], within }: { keys: string[]; words?: (string | number | Buffer)[]; within?: number },
  ): Promise<unknown> {
    const all = [`${this.#prefix}format`, ...keys];
    const rest = [...all, FORMAT, ...words];
    return this.#ask(
      () =>
        this.#redis.evalsha(sha, all.length, ...rest).catch((error: unknown) => {
          if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
          return this.#redis.eval(text, all.length, ...rest);
        }),
      within === undefined ? {} : { within },
    );
  }

  async #ask<T>(act: () => Promise<T>, { within = this.#limits.patience }: { within?: number } = {}): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    try {
      // ioredis goes on in database 0, where another store may be, if there is none of this number.
      if (this.#lastError?.message.includes("DB index is out of range")) throw this.#lastError;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${within} ms`)), within);
      });
      return await Promise.race([act(), late]);
    } catch (cause) {
      throw redisError(cause, this.place, { lastError: this.#lastError });
    } finally {
      clearTimeout(timer);
    }
  }
}

/** An id as JSON writes it, without the quotes: all that UTF-8 cannot hold is escaped, so no two ids have one key. */
function jsonInner(id: string): string {
  return JSON.stringify(id).slice(1, -1);
}

function idOfJson(inner: string): string {
  return JSON.parse(`"${inner}"`);
}
