import { FIRST_VALUE_CODE } from "../columns.js";
import { type AuditView, Caught } from "./audit-view.js";
import type { Finding } from "./report.js";
import { UNKNOWN_SLICE } from "./training-slice.js";

/**
 * Items and users up to `trained` have an event in training, the others none; every value of a category's vocabulary
 * occurs in training: among its events, or among the items or users that have an event there.
 */
export function checkVocabularies(view: AuditView): Finding[] {
  const { catalogue, events } = view.dataset;
  const { slice } = view;
  const fix = "Prepare the dataset again.";
  const findings: Finding[] = [];
  for (const side of ["items", "users"] as const) {
    const { count, trained } = catalogue[side];
    const of = side === "items" ? events.item : view.owner;
    const inTraining = new Uint8Array(count);
    for (let e = 0; e < events.count; e++) {
      if (slice[e] === 0) inTraining[of[e]!] = 1;
      else if (slice[e] === UNKNOWN_SLICE && inTraining[of[e]!] === 0) inTraining[of[e]!] = 2;
    }
    const wrong = new Uint8Array(count);
    let number = 0;
    for (let i = 1; i < count; i++) {
      if (i <= trained ? inTraining[i] !== 0 : inTraining[i] !== 1) continue;
      wrong[i] = 1;
      number++;
    }
    if (number === 0) continue;
    const caught = new Caught();
    for (let e = 0; e < events.count; e++) if (wrong[of[e]!] === 1) caught.add(e, events.item[e]!);
    const sentence = `${number} ${side} are on the wrong side of the vocabulary: known without an event in training, or unknown with one`;
    findings.push(view.finding({ check: "vocabularies", sentence, caught, fix }));
  }
  for (const { name, size, codes } of categories(view)) {
    const seen = new Uint8Array(size + FIRST_VALUE_CODE);
    for (const code of codes) seen[code] = 1;
    const unseen = size - seen.subarray(FIRST_VALUE_CODE).reduce((sum, flag) => sum + flag, 0);
    if (unseen === 0) continue;
    const sentence = `${unseen} of the ${size} values of \`${name}\` do not occur in training: its vocabulary was made of other events, too`;
    const caught = new Caught();
    caught.count = view.dataset.rows.train.count;
    findings.push(view.finding({ check: "vocabularies", sentence, caught, fix }));
  }
  return findings;
}

/** Every category, with the codes that training may have seen. */
function* categories(view: AuditView): Generator<{ name: string; size: number; codes: Iterable<number> }> {
  const { slice, dataset } = view;
  const { catalogue, events } = dataset;
  const logged = [
    { schema: catalogue.eventFeatures, columns: events.features },
    { schema: catalogue.context, columns: events.context },
  ];
  for (const { schema, columns } of logged) {
    for (const [f, feature] of schema.entries()) {
      const column = columns[f];
      if (feature.kind !== "category" || column?.kind !== "category") continue;
      const codes = column.codes.filter((_, e) => slice[e] === 0 || slice[e] === UNKNOWN_SLICE);
      yield { name: feature.name, size: feature.vocabulary.length, codes };
    }
  }
  for (const [f, feature] of catalogue.userFeatures.schema.entries()) {
    const column = catalogue.userFeatures.columns[f];
    if (feature.kind !== "category" || column?.kind !== "category") continue;
    const codes = column.codes.subarray(1, catalogue.users.trained + 1);
    yield { name: feature.name, size: feature.vocabulary.length, codes };
  }
  for (const column of catalogue.modalities) {
    if (column.kind !== "category") continue;
    const codes = column.codes.subarray(column.offsets[1]!, column.offsets[catalogue.items.trained + 1]!);
    yield { name: column.name, size: column.vocabulary.length, codes };
  }
}
