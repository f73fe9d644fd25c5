import { existsSync } from "node:fs";
import { join } from "node:path";
import { MmdinError } from "../../errors.js";
import type { StateStore, StoreLimits } from "./state-store.js";

/**
 * Opens the store at a place: `redis://[user:password@]host[:port][/database]` (`rediss://` over TLS), or a folder, made where it is not
 * there.
 *
 * @throws MmdinError STORE where it does not answer or cannot be used, FORMAT where it holds what is not ours, CONFIG where the place or
 * a limit cannot be.
 *
 * @example
 * const store = await openStore("state", { eventsPerUser: 500, timeToLive: 90 * 86_400 });
 */
export async function openStore(place: string, limits: StoreLimits = {}): Promise<StateStore> {
  // Each is loaded where it is used alone: most who import mmdin open no store.
  if (/^rediss?:/i.test(place)) return (await import("./redis-store.js")).RedisStore.open(place, limits);
  const scheme = /^[a-z][a-z0-9+.-]+:\/\//i.exec(place)?.[0];
  if (scheme === undefined && place !== "") return (await import("./lmdb-store.js")).LmdbStore.open(place, limits);
  const expected = "a folder, or redis://host:port/database";
  throw new MmdinError("CONFIG", "no such store", { where: "store", expected, got: scheme ?? "nothing" });
}

/**
 * Opens a store that somebody else has made. As {@link openStore}, but a folder that is not there, or holds nothing, is an error and stays as it
 * is: a misspelt path would be an empty store.
 */
export async function openExistingStore(place: string, limits: StoreLimits = {}): Promise<StateStore> {
  if (/^rediss?:/i.test(place) || existsSync(join(place, "data.mdb"))) return openStore(place, limits);
  const fix = "Give the folder, or the address, that the server was given as --store.";
  throw new MmdinError("STORE", "there is no store here", { where: place, fix });
}
