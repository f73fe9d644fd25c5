import type { AuditExample } from "./report.js";

/** "user 7, item 42, 2018-09-24 14:27:05" */
export function describeExample({ user, item, time }: AuditExample, clock: "time" | "order"): string {
  const when =
    clock === "order" ? `position ${time}` : new Date(time * 1000).toISOString().slice(0, 19).replace("T", " ");
  return `user ${user}, item ${item}, ${when}`;
}
