import { userOf } from "./batch-layout.js";
import type { EventColumns } from "./columns.js";

/** The user of each of these events. */
export function usersOf(events: EventColumns, wanted: Int32Array): Int32Array {
  return wanted.map((event) => userOf(events, event));
}

/** The user of every event of the log, in its order. */
export function ownersOf({ count, userStart }: Pick<EventColumns, "count" | "userStart">): Int32Array {
  const owner = new Int32Array(count);
  for (let user = 0; user + 1 < userStart.length; user++) owner.fill(user, userStart[user]!, userStart[user + 1]!);
  return owner;
}
