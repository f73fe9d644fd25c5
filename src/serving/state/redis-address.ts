import type { RedisOptions } from "ioredis";
import { MmdinError } from "../../errors.js";

/** Where a Redis is, taken apart. */
export interface RedisAddress {
  /** The address as it may be shown: without its password. */
  place: string;
  /** In front of every key. */
  prefix: string;
  connection: Pick<RedisOptions, "host" | "port" | "username" | "password" | "db" | "tls">;
}

const PORT = 6379;
const PREFIX = "mmdin:";

/**
 * Reads `redis://[user:password@]host[:port][/database][?prefix=shop:]`; `rediss://` is TLS.
 *
 * @throws MmdinError CONFIG where it is none. The password is never part of the message.
 */
export function parseRedisAddress(address: string): RedisAddress {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.hostname === "") throw wrongAddress("an address that cannot be read");
  const database = url.pathname.replace(/^\//, "");
  if (!/^\d*$/.test(database)) throw wrongAddress(`the database "${database}"`);
  for (const name of url.searchParams.keys()) if (name !== "prefix") throw wrongAddress(`the parameter "${name}"`);
  const prefix = url.searchParams.get("prefix") ?? PREFIX;
  const user = url.username === "" ? "" : `${url.username}@`;
  const port = url.port === "" ? PORT : Number(url.port);
  const shown = prefix === PREFIX ? "" : `?prefix=${prefix}`;
  return {
    place: `${url.protocol}//${user}${url.hostname}:${port}/${Number(database)}${shown}`,
    prefix,
    connection: {
      host: url.hostname.replace(/^\[(.*)\]$/, "$1"), // an IPv6 address stands in brackets
      port,
      db: Number(database),
      ...(url.username === "" ? {} : { username: decoded(url.username) }),
      ...(url.password === "" ? {} : { password: decoded(url.password) }),
      ...(url.protocol === "rediss:" ? { tls: {} } : {}),
    },
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrongAddress("a user or password with a % that is no %XX");
  }
}

function wrongAddress(got: string): MmdinError {
  const expected = "redis://[user:password@]host[:port][/database][?prefix=...], or rediss:// for TLS";
  const fix = "Write special characters of a password as %XX.";
  return new MmdinError("CONFIG", "not the address of a Redis", { where: "store", expected, got, fix });
}
