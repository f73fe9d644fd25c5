import { SPLITS } from "../columns.js";
import { type AuditView, Caught } from "./audit-view.js";
import type { Finding } from "./report.js";

/** Implicit labels: no drawn negative of a row, and no candidate of a list beside the positive, is an item of its person. */
export function checkKnownNegatives(view: AuditView): Finding[] {
  const { catalogue, events, rows, ranking } = view.dataset;
  if (catalogue.label !== "implicit") return [];
  const stamp = new Int32Array(catalogue.items.count).fill(-1);
  let stamped = -1;
  const has = (event: number, item: number): boolean => {
    const user = view.owner[event]!;
    if (user !== stamped) {
      for (let e = events.userStart[user]!; e < events.userStart[user + 1]!; e++) stamp[events.item[e]!] = user;
      stamped = user;
    }
    return stamp[item] === user;
  };
  const caught = new Caught();
  for (const split of SPLITS) {
    const { count, event, item, label } = rows[split];
    for (let r = 0; r < count; r++) if (label[r] === 0 && has(event[r]!, item[r]!)) caught.add(event[r]!, item[r]!);
    const lists = ranking[split];
    if (!lists) continue;
    for (let l = 0; l < lists.count; l++) {
      for (let k = l * lists.width + 1; k < (l + 1) * lists.width; k++) {
        if (has(lists.event[l]!, lists.item[k]!)) caught.add(lists.event[l]!, lists.item[k]!);
      }
    }
  }
  if (caught.count === 0) return [];
  const sentence = "a negative or a ranking candidate is an item that the person has had";
  return [view.finding({ check: "known-negatives", sentence, caught, fix: "Prepare the dataset again." })];
}
