import { MmdinError } from "../../errors.js";
import { LmdbStore } from "./lmdb-store.js";
import { RedisStore } from "./redis-store.js";
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
  if (/^rediss?:/i.test(place)) return RedisStore.open(place, limits);
  const scheme = /^[a-z][a-z0-9+.-]+:\/\//i.exec(place)?.[0];
  if (scheme === undefined && place !== "") return LmdbStore.open(place, limits);
  const expected = "a folder, or redis://host:port/database";
  throw new MmdinError("CONFIG", "no such store", { where: "store", expected, got: scheme ?? "nothing" });
}
