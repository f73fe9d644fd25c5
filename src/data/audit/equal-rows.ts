import { mix } from "../../random.js";
import { SPLITS } from "../columns.js";
import { type AuditView, Caught } from "./audit-view.js";
import type { Finding } from "./report.js";

/**
 * Rows are equal that share user, item, time and label; of drawn negatives the event stands for the time, because two
 * events of one second may draw the same item. Only moments with rows in several splits are looked at.
 */
export function checkEqualRows(view: AuditView): Finding[] {
  const { rows } = view.dataset;
  const { caught, held } = findEqual(view);
  const findings: Finding[] = [];
  if (caught.count > 0) {
    findings.push(
      view.finding({
        check: "rows-across-splits",
        sentence: "the same row (user, item, time and label) stands in more than one split",
        caught,
        fix: "Remove repeated events from the log, or give `split` files that share no row.",
      }),
    );
  }
  const { valid, test } = held;
  if (valid.count * 2 > rows.valid.count || test.count * 2 > rows.test.count) {
    const share = Math.max(valid.count / rows.valid.count, test.count / rows.test.count);
    findings.push(
      view.finding({
        check: "validation-is-test",
        sentence: `validation and test share ${(100 * share).toFixed(0)} % of the rows of one of them: stopping early on validation would be tuning on test`,
        caught: test.count >= valid.count ? test : valid,
        fix: "Give `split.valid` and `split.test` rows of their own.",
      }),
    );
  }
  return findings;
}

function findEqual(view: AuditView): { caught: Caught; held: { valid: Caught; test: Caught } } {
  const { splits, columns, group } = groupRows(view);
  const caught = new Caught();
  const held = { valid: new Caught(), test: new Caught() };
  for (let k = 0; k < group.length; k++) {
    const [event, item, bit] = [columns.event[k]!, columns.item[k]!, columns.split[k]!];
    const all = splits[group[k]!]!;
    // Counted where it stands again, not where it stands first.
    if ((all & (bit - 1)) !== 0) caught.add(event, item);
    if ((all & VALID_AND_TEST) === VALID_AND_TEST && bit > 1) held[bit === 2 ? "valid" : "test"].add(event, item);
  }
  return { caught, held };
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
function momentsOf({ dataset: { events }, owner }: AuditView): Int32Array {
  const { count, time } = events;
  const moment = new Int32Array(count);
  for (let e = 0; e < count; e++) {
    moment[e] = e > 0 && time[e] === time[e - 1] && owner[e] === owner[e - 1] ? moment[e - 1]! : e;
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
