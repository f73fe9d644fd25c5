import { MmdinError } from "../../errors.js";

/** What a reply of Redis begins with, what that means, and what to do. */
const REPLIES: readonly [pattern: RegExp, problem: string, fix: string][] = [
  [
    /^(WRONGPASS|NOAUTH|NOPERM)|AUTH failed/i,
    "Redis refuses the user or the password",
    "Check the address of the store.",
  ],
  [
    /^OOM/,
    "Redis has no memory left",
    "Give it more (maxmemory), or keep fewer events of each person, or for less long.",
  ],
  [/^MISCONF/, "Redis cannot write to its disk", "Free space on the disk of Redis; its own log says more."],
  [/^READONLY/, "this Redis is a replica, which takes no writes", "Give the address of the primary."],
  [
    /^(MOVED|ASK|CROSSSLOT|CLUSTERDOWN)/,
    "this Redis is a cluster, which is not supported",
    "Give the address of a single Redis.",
  ],
  [/^(LOADING|BUSY|MASTERDOWN|TRYAGAIN)/, "Redis is not ready", "Wait: mmdin asks again by itself."],
  [/^WRONGTYPE/, "the keys of this store are used for something else", "Use another database, or another ?prefix=."],
  [/DB index is out of range/, "Redis has no such database", "Check the number at the end of the address."],
];

const UNREACHABLE = "Start Redis, or check the address. mmdin connects again by itself as soon as it can.";

/** The reply by which our scripts refuse the data of another version. */
export const FORMAT_REPLY = "MMDINFORMAT";

/**
 * What went wrong between us and Redis, as an error that says what to do. The cause is a plain error with the message alone: those of
 * ioredis carry the arguments of the command, and so passwords and histories, into logs.
 */
export function redisError(
  raw: unknown,
  where: string,
  { lastError }: { lastError?: Error | undefined } = {},
): MmdinError {
  if (raw instanceof MmdinError) return raw;
  const said = messageOf(raw);
  // Why there is no connection was said when it was lost, or refused.
  const unwritable = /isn't writeable|Connection is closed|aborted due to connection|max retries/i.test(said);
  const message = unwritable ? messageOf(lastError ?? "no connection") : said;
  const cause = new Error(message);
  if (message.includes(FORMAT_REPLY)) {
    const got = message.slice(message.indexOf(FORMAT_REPLY) + FORMAT_REPLY.length).trim();
    const fix = "Use another database, or another ?prefix=.";
    return new MmdinError("FORMAT", "this Redis holds a store of another version", { where, got, fix, cause });
  }
  const reply = REPLIES.find(([pattern]) => pattern.test(message));
  if (reply !== undefined) return new MmdinError("STORE", reply[1], { where, got: message, fix: reply[2], cause });
  return new MmdinError("STORE", "Redis does not answer", { where, got: message, fix: UNREACHABLE, cause });
}

/** A connection that was refused at several addresses of a host has its reasons inside. */
function messageOf(raw: unknown): string {
  if (raw instanceof AggregateError && raw.message === "") return raw.errors.map(messageOf).join(", ");
  return (raw instanceof Error ? raw.message : String(raw)).replace(/\.$/, "");
}
