import { SPLITS, type Split } from "../columns.js";
import { type AuditView, Caught } from "./audit-view.js";
import type { AuditWarning } from "./report.js";

/** A burst: this many events of one person within a minute. */
const BURST = 20;
const MINUTE = 60;
/** The share of the events below which ties and bursts are not worth a word. */
const WORTH_SAYING = 0.01;

/** What is no error and changes what results mean. */
export function warningsOf(view: AuditView): AuditWarning[] {
  return [...ties(view), ...bursts(view), ...testNotLast(view), ...whoIsInTest(view), ...labels(view)];
}

function ties(view: AuditView): AuditWarning[] {
  const { events, catalogue, rows } = view.dataset;
  const { count, time } = events;
  const same = (a: number, b: number): boolean =>
    b >= 0 && b < count && view.owner[a] === view.owner[b] && time[a] === time[b];
  const caught = new Caught();
  for (let e = 0; e < count; e++) if (same(e, e - 1) || same(e, e + 1)) caught.add(e, events.item[e]!);
  if (caught.count < WORTH_SAYING * count) return [];
  const share = percent(caught.count / count);
  const what = catalogue.history.clock === "order" ? "position" : "time";
  if (view.earlier === "time") {
    const sentence = `${share} of the events share their ${what} with another one of the same person: neither is in the other's history`;
    const fix = `If the log knows their order, give a finer ${what}.`;
    return [view.finding({ check: "ties", sentence, caught, fix })];
  }
  let tiedTests = 0;
  for (const e of rows.test.event) if (same(e, e - 1)) tiedTests++;
  const tests = Math.max(1, rows.test.count);
  const sentence = `${share} of the events share their ${what} with another one of the same person. Their order is that of the item ids: for ${percent(tiedTests / tests)} of the test rows "last" is a matter of the alphabet, and what happened at the same ${what} is in the history`;
  const fix = `If the log knows their order, give a finer ${what}; else split by time.`;
  return [view.finding({ check: "ties", sentence, caught, fix })];
}

function bursts(view: AuditView): AuditWarning[] {
  const { events, catalogue } = view.dataset;
  if (catalogue.history.clock === "order") return [];
  const { time, userStart } = events;
  const caught = new Caught();
  let people = 0;
  for (let user = 0; user + 1 < userStart.length; user++) {
    const end = userStart[user + 1]!;
    let counted = userStart[user]!; // events before this one are counted
    let from = counted;
    const before = caught.count;
    for (let e = from; e < end; e++) {
      while (time[e]! - time[from]! > MINUTE) from++;
      if (e - from + 1 < BURST) continue;
      for (counted = Math.max(counted, from); counted <= e; counted++) caught.add(counted, events.item[counted]!);
    }
    if (caught.count > before) people++;
  }
  if (caught.count < WORTH_SAYING * events.count) return [];
  const last =
    view.earlier === "order" ? "; the last events of a person, which leave-last tests on, are often one sitting" : "";
  const sentence = `${percent(caught.count / events.count)} of the events are in bursts (${BURST} and more of one person within a minute, ${people.toLocaleString("en-US")} people): they were entered at once, and their order says little about when things were met${last}`;
  const fix =
    "Read results on long histories with this in mind; a model that looks at order or at age may fit how people enter things.";
  return [view.finding({ check: "bursts", sentence, caught, fix })];
}

/** Files may lie anywhere in time. */
function testNotLast(view: AuditView): AuditWarning[] {
  const { rows, events, catalogue } = view.dataset;
  if (view.config.split.by !== "file" || catalogue.history.clock === "order") return [];
  const lastOf = (split: Split): number =>
    rows[split].event.reduce((last, e) => Math.max(last, events.time[e]!), Number.NEGATIVE_INFINITY);
  const last = { train: lastOf("train"), valid: lastOf("valid") };
  const pairs = [
    ["valid", "train"],
    ["test", "train"],
    ["test", "valid"],
  ] as const;
  return pairs.flatMap(([later, earlier]) => {
    const caught = new Caught();
    const { event, item } = rows[later];
    for (let r = 0; r < event.length; r++) if (events.time[event[r]!]! < last[earlier]) caught.add(event[r]!, item[r]!);
    if (caught.count === 0) return [];
    const sentence = `${percent(caught.count / event.length)} of the rows of ${later} lie before the last one of ${earlier}: what is measured is not a forecast`;
    return [
      view.finding({ check: "test-not-last", sentence, caught, fix: "Where a model is to foretell, split by time." }),
    ];
  });
}

function whoIsInTest(view: AuditView): AuditWarning[] {
  const { rows, catalogue } = view.dataset;
  const { test } = rows;
  const warnings: AuditWarning[] = [];
  const first = view.owner[test.event[0] ?? -1];
  const all = new Caught();
  for (let r = 0; r < test.count; r++) all.add(test.event[r]!, test.item[r]!);
  if (test.count > 0 && test.event.every((e) => view.owner[e] === first)) {
    const sentence = "all rows of test are one person's: gAUC and intervals over people say nothing";
    warnings.push(view.finding({ check: "one-user-in-test", sentence, caught: all, fix: "Test on more people." }));
  }
  if (test.item.every((item) => item <= catalogue.items.trained)) {
    const sentence = "no row of test is about an item without an event in training: nothing here measures new items";
    const fix = "Where new items matter, split by time, and leave them out of training.";
    warnings.push(view.finding({ check: "no-cold-items", sentence, caught: new Caught(), fix }));
  }
  return warnings;
}

function labels(view: AuditView): AuditWarning[] {
  return SPLITS.flatMap((split) => {
    const { label, count, event, item } = view.dataset.rows[split];
    if (count === 0 || label.some((value) => value !== label[0])) return [];
    const caught = new Caught();
    for (let r = 0; r < count; r++) caught.add(event[r]!, item[r]!);
    const sentence = `all rows of ${split} have label ${label[0]}: AUC is not defined there`;
    const fix = "Choose other parts or dates for the split, or another label.";
    return [view.finding({ check: "labels-of-one-kind", sentence, caught, fix })];
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
