import { mix } from "../../random.js";
import { SPLITS } from "../columns.js";
import { type AuditView, Caught } from "./audit-view.js";
import type { Finding } from "./report.js";

export interface EqualRowsOptions {
  /** Share of the events of validation, and of those of test, that may stand in another split, too; 0 by default. */
  tolerated?: number;
}

/**
 * Rows are equal that share user, item, time and label; of drawn negatives the event stands for the time, because two
 * events of one second may draw the same item. Only moments with rows in several splits are looked at.
 *
 * Shares are of events: drawn negatives are rows of their positive's event, and would hide that all of them are repeated.
 */
export function checkEqualRows(view: AuditView, { tolerated = 0 }: EqualRowsOptions = {}): Finding[] {
  const { caught, repeated, both } = findEqual(view);
  const findings: Finding[] = [];
  if (mostOf(view, repeated) > tolerated) {
    findings.push(
      view.finding({
        check: "rows-across-splits",
        sentence: "the same row (user, item, time and label) stands in more than one split",
        caught,
        fix: "Remove repeated events from the log, or give `split` files that share no row.",
      }),
    );
  }
  const share = mostOf(view, both);
  if (share > 0.5) {
    const what = view.dataset.catalogue.label === "implicit" ? "events" : "rows";
    findings.push(
      view.finding({
        check: "validation-is-test",
        sentence: `validation and test share ${(100 * share).toFixed(0)} % of the ${what} of one of them: stopping early on validation would be tuning on test`,
        caught: both.test.count >= both.valid.count ? both.test : both.valid,
        fix: "Give `split.valid` and `split.test` rows of their own.",
      }),
    );
  }
  return findings;
}

type Held = Record<"valid" | "test", Caught>;

/** The greater of the shares of the events of validation and of test. */
function mostOf({ dataset: { rows, events } }: AuditView, { valid, test }: Held): number {
  const share = (caught: Caught, split: "valid" | "test"): number => {
    if (caught.count === 0) return 0;
    const seen = new Uint8Array(events.count);
    for (const e of rows[split].event) seen[e] = 1;
    return caught.count / seen.reduce((sum, flag) => sum + flag, 0);
  };
  return Math.max(share(valid, "valid"), share(test, "test"));
}

/** Counts the rows that stand again, and the events of validation and test with a row in another split, and in both. */
function findEqual(view: AuditView): { caught: Caught; repeated: Held; both: Held } {
  const { splits, columns, group } = groupRows(view);
  const caught = new Caught();
  const repeated = { valid: new CaughtEvents(), test: new CaughtEvents() };
  const both = { valid: new CaughtEvents(), test: new CaughtEvents() };
  for (let k = 0; k < group.length; k++) {
    const [event, item, bit] = [columns.event[k]!, columns.item[k]!, columns.split[k]!];
    const all = splits[group[k]!]!;
    // Counted where it stands again, not where it stands first.
    if ((all & (bit - 1)) !== 0) caught.add(event, item);
    if (bit === 1 || all === bit) continue;
    const split = bit === 2 ? "valid" : "test";
    repeated[split].add(event, item);
    if ((all & VALID_AND_TEST) === VALID_AND_TEST) both[split].add(event, item);
  }
  return { caught, repeated, both };
}

/** Counts each event once. */
class CaughtEvents extends Caught {
  readonly #seen = new Set<number>();

  override add(event: number, item: number): void {
    if (this.#seen.has(event)) return;
    this.#seen.add(event);
    super.add(event, item);
  }
}

/** Bits of the splits, in the order of SPLITS. */
const VALID_AND_TEST = 0b110;

/** The rows at moments that several splits have, the group of equal ones that each is in, and the splits of each group. */
function groupRows(view: AuditView) {
  const { catalogue, rows } = view.dataset;
  const moment = momentsOf(view);
  const splitsAt = new Uint8Array(moment.length);
  for (const [s, split] of SPLITS.entries()) for (const e of rows[split].event) splitsAt[moment[e]!]! |= 1 << s;
  const shared = (event: number): boolean => {
    const bits = splitsAt[moment[event]!]!;
    return (bits & (bits - 1)) !== 0;
  };
  let count = 0;
  for (const split of SPLITS) for (const e of rows[split].event) if (shared(e)) count++;
  const columns = {
    event: new Int32Array(count),
    when: new Int32Array(count),
    item: new Int32Array(count),
    label: new Uint8Array(count),
    split: new Uint8Array(count),
  };
  let k = 0;
  for (const [s, split] of SPLITS.entries()) {
    const { event, item, label } = rows[split];
    for (let r = 0; r < event.length; r++) {
      const e = event[r]!;
      if (!shared(e)) continue;
      columns.event[k] = e;
      columns.when[k] = catalogue.label === "implicit" && label[r] === 0 ? e : moment[e]!;
      columns.item[k] = item[r]!;
      columns.label[k] = label[r]!;
      columns.split[k++] = 1 << s;
    }
  }
  return { columns, ...groupEqual(columns) };
}

/** The first event of the same person and time, which stands for all of them. */
function momentsOf({ dataset: { events } }: AuditView): Int32Array {
  const { count, time, userStart } = events;
  const moment = new Int32Array(count);
  for (let user = 0; user + 1 < userStart.length; user++) {
    const first = userStart[user]!;
    for (let e = first; e < userStart[user + 1]!; e++) {
      moment[e] = e > first && time[e] === time[e - 1] ? moment[e - 1]! : e;
    }
  }
  return moment;
}

/** Groups rows of the same `when`, `item` and `label` by an open hash table over typed arrays. */
function groupEqual({
  when,
  item,
  label,
  split,
}: Record<"when" | "item", Int32Array> & Record<"label" | "split", Uint8Array>) {
  const count = when.length;
  let size = 16;
  while (size < 2 * count) size *= 2;
  const table = new Int32Array(size).fill(-1);
  /** The first row of each row's group, and the splits of the group at that row. */
  const group = new Int32Array(count);
  const splits = new Uint8Array(count);
  for (let k = 0; k < count; k++) {
    let slot = mix(mix(when[k]!, item[k]!), label[k]!) & (size - 1);
    let other = table[slot]!;
    while (other >= 0 && (when[other] !== when[k] || item[other] !== item[k] || label[other] !== label[k])) {
      slot = (slot + 1) & (size - 1);
      other = table[slot]!;
    }
    if (other < 0) table[slot] = k;
    group[k] = other < 0 ? k : other;
    splits[group[k]!]! |= split[k]!;
  }
  return { group, splits };
}
