import { auc } from "../../metrics/auc.js";
import { mix } from "../../random.js";
import { type FeatureColumn, MISSING_CODE, type ModalityColumn } from "../columns.js";
import { itemsWith } from "../has-modality.js";
import { presenceAuc } from "../missing-leak.js";
import { type AuditView, Caught } from "./audit-view.js";
import type { Finding } from "./report.js";

/** A feature that alone ranks the label better than this, in either direction, knows it. */
const TELLING_AUC = 0.95;
/** Rows of each label below which an AUC says nothing. */
const LEAST = 10;
/** Training rows judged; of more, a fixed sample. */
const MOST_ROWS = 1_000_000;

interface Judged {
  /** Where dataset.yaml names it. */
  key: string;
  what: string;
  auc: number | null;
}

/**
 * Judges each feature that a row has, alone, on training rows: a number by max(AUC, 1 - AUC) where it is present, and by
 * its absence; a category by the label rates of its codes, fitted on half of the people and scored on the other half; a
 * list by the mean of its codes' rates. Features of the row's own event do not enter it and are not judged.
 */
export function checkTellingFeatures(view: AuditView): Finding[] {
  const sample = new Sample(view);
  if (!sample.enough) {
    view.notChecked.push(`features that tell the label: training has fewer than ${LEAST} rows of one label`);
    return [];
  }
  return judge(view, sample)
    .filter(({ auc: found }) => found !== null && Math.max(found, 1 - found) > TELLING_AUC)
    .map(({ key, what, auc: found }) => {
      const caught = new Caught();
      for (let k = 0; k < sample.event.length; k++) caught.add(sample.event[k]!, sample.item[k]!);
      const sentence = `${what} alone tells the label: AUC ${Math.max(found ?? 0, 1 - (found ?? 0)).toFixed(4)} on training rows`;
      const fix = fixOf(key, view.dataset.catalogue.label);
      return view.finding({ check: "telling-feature", sentence, caught, fix });
    });
}

function fixOf(key: string, label: "explicit" | "implicit"): string {
  if (!key.startsWith("statistics")) return `If it is known only once the label is, remove it (\`${key}\`).`;
  if (label === "implicit") return "The drawn negatives are too easy: draw them with `negatives.sampler: popularity`.";
  return `Where the checks of statistics pass, the past alone tells the label: see that it is what you want to foretell, or leave the statistic out (\`${key}\`).`;
}

function judge(view: AuditView, sample: Sample): Judged[] {
  const { catalogue, events, rows } = view.dataset;
  const { context, userFeatures, statistics } = catalogue;
  const judged: Judged[] = [];
  const feature = (
    column: FeatureColumn | undefined,
    { key, what, at }: { key: string; what: string; at: Int32Array },
  ) => {
    if (column?.kind === "category") judged.push({ key, what, auc: sample.category((k) => column.codes[at[k]!]!) });
    if (column?.kind === "number") judged.push(...numbers(sample, { key, what, value: (k) => column.values[at[k]!]! }));
  };
  for (const [f, { name }] of context.entries()) {
    feature(events.context[f], {
      key: `context.features.${name}`,
      what: `\`${name}\` of the context`,
      at: sample.event,
    });
  }
  for (const [f, { name }] of userFeatures.schema.entries()) {
    const what = `\`${name}\` of the user`;
    feature(userFeatures.columns[f], { key: `users.features.${name}`, what, at: sample.user });
  }
  for (const column of catalogue.modalities) judged.push(...modality(view, { column, sample }));
  for (const [s, { name }] of statistics.user.entries()) {
    const value = (k: number) => events.userStatistics[sample.event[k]! * statistics.user.length + s]!;
    judged.push(...numbers(sample, { key: "statistics.user", what: `\`${name}\` of the user`, value }));
  }
  for (const [s, { name }] of statistics.item.entries()) {
    const value = (k: number) => rows.train.itemStatistics[sample.row[k]! * statistics.item.length + s]!;
    judged.push(...numbers(sample, { key: "statistics.item", what: `\`${name}\` of the item`, value }));
  }
  return judged;
}

function modality(
  { dataset: { rows } }: AuditView,
  { column, sample }: { column: ModalityColumn; sample: Sample },
): Judged[] {
  const key = `items.modalities.${column.name}`;
  const what = `\`${column.name}\` of the item`;
  const judged: Judged[] = [
    { key, what: `whether ${what} is missing`, auc: presenceAuc(itemsWith(column), rows.train) },
  ];
  if (column.kind === "number") {
    judged.push({ key, what, auc: sample.auc(Float32Array.from(sample.item, (item) => column.values[item]!)) });
  }
  if (column.kind === "category") {
    const { codes, offsets } = column;
    const codesOf = (k: number) => codes.subarray(offsets[sample.item[k]!]!, offsets[sample.item[k]! + 1]!);
    judged.push({ key, what, auc: sample.categories(codesOf) });
  }
  return judged;
}

function numbers(
  sample: Sample,
  { value, key, what }: Omit<Judged, "auc"> & { value: (k: number) => number },
): Judged[] {
  const values = Float32Array.from(sample.label, (_, k) => value(k));
  const present = Float32Array.from(values, (v) => (Number.isNaN(v) ? 0 : 1));
  const some = present.includes(0);
  return [
    { key, what, auc: sample.auc(values) },
    ...(some ? [{ key, what: `whether ${what} is missing`, auc: sample.auc(present) }] : []),
  ];
}

/** Training rows to judge on, and which half each one's person is in. */
class Sample {
  readonly row: Int32Array;
  readonly event: Int32Array;
  readonly user: Int32Array;
  readonly item: Int32Array;
  readonly label: Uint8Array;
  readonly enough: boolean;
  readonly #half: Uint8Array;

  constructor({ dataset: { rows }, owner }: AuditView) {
    const { train } = rows;
    const limit = (MOST_ROWS / train.count) * 2 ** 32;
    const chosen = Int32Array.from({ length: train.count }, (_, r) => r);
    this.row = train.count > MOST_ROWS ? chosen.filter((r) => mix(1, r) < limit) : chosen;
    this.event = this.row.map((r) => train.event[r]!);
    this.item = this.row.map((r) => train.item[r]!);
    this.label = Uint8Array.from(this.row, (r) => train.label[r]!);
    this.user = this.event.map((e) => owner[e]!);
    this.#half = Uint8Array.from(this.user, (user) => mix(2, user) & 1);
    const positives = this.label.reduce((sum, label) => sum + label, 0);
    this.enough = Math.min(positives, this.label.length - positives) >= LEAST;
  }

  /** AUC of the values that are present; null with too few rows of a label. */
  auc(values: Float32Array): number | null {
    const labels = this.label.filter((_, k) => !Number.isNaN(values[k]));
    const positives = labels.reduce((sum, label) => sum + label, 0);
    if (Math.min(positives, labels.length - positives) < LEAST) return null;
    return auc(
      values.filter((value) => !Number.isNaN(value)),
      labels,
    );
  }

  category(codeOf: (k: number) => number): number | null {
    const one = new Int32Array(1);
    return this.categories((k) => {
      one[0] = codeOf(k);
      return one;
    });
  }

  /** Rates of codes from one half, scored on the other; a code that the first half has not takes the rate of all. */
  categories(codesOf: (k: number) => Int32Array): number | null {
    const none = Int32Array.of(MISSING_CODE);
    const listOf = (k: number): Int32Array => {
      const codes = codesOf(k);
      return codes.length > 0 ? codes : none;
    };
    let most = 0;
    let positives = 0;
    let fitted = 0;
    for (let k = 0; k < this.label.length; k++) {
      for (const code of listOf(k)) if (code > most) most = code;
      if (this.#half[k] === 1) continue;
      fitted++;
      positives += this.label[k]!;
    }
    const mean = positives / Math.max(1, fitted);
    const seen = new Float64Array(most + 1).fill(1); // one pseudo-row of the mean
    const liked = new Float64Array(most + 1).fill(mean);
    for (let k = 0; k < this.label.length; k++) {
      if (this.#half[k] === 1) continue;
      for (const code of listOf(k)) {
        seen[code]! += 1;
        liked[code]! += this.label[k]!;
      }
    }
    const scores = Float32Array.from(this.label, (_, k) => {
      if (this.#half[k] === 0) return Number.NaN;
      const codes = listOf(k);
      let sum = 0;
      for (const code of codes) sum += liked[code]! / seen[code]!;
      return sum / codes.length;
    });
    return this.auc(scores);
  }
}
