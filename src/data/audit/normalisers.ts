import type { Normaliser, StatisticSchema } from "../columns.js";
import { type AuditView, Caught } from "./audit-view.js";
import type { Finding } from "./report.js";
import { UNKNOWN_SLICE } from "./training-slice.js";

interface Fitted {
  /** What people call it. */
  name: string;
  stored: Pick<Normaliser, "mean" | "std">;
  /** The values that it should have been fitted on, in the scale of `stored`. */
  values: Iterable<number>;
}

/**
 * Means and standard deviations, computed again: of number features over training events, of numbers of items and users
 * over those with an event in training, of statistics over training rows.
 */
export function checkNormalisers(view: AuditView): Finding[] {
  const findings: Finding[] = [];
  for (const { name, stored, values } of [...ofFeatures(view), ...ofEntities(view), ...ofStatistics(view)]) {
    const { mean, std } = moments(values);
    const margin = 1e-6 * (1 + Math.abs(mean)) + 1e-4 * std;
    const flat = std <= 1e-6 * (1 + Math.abs(mean)) && stored.std === 1;
    if (Math.abs(stored.mean - mean) <= margin && (flat || Math.abs(stored.std - std) <= margin + 1e-3 * std)) continue;
    const caught = new Caught();
    caught.count = view.dataset.rows.train.count;
    const [is, fits] = [stored, { mean, std }].map(
      (m) => `mean ${m.mean.toPrecision(6)} and std ${m.std.toPrecision(6)}`,
    );
    const sentence = `${name} is normalised by ${is}, the training slice has ${fits}: it was fitted on something else`;
    findings.push(view.finding({ check: "normalisers", sentence, caught, fix: "Prepare the dataset again." }));
  }
  return findings;
}

function ofFeatures(view: AuditView): Fitted[] {
  const { catalogue, events } = view.dataset;
  const groups = [
    { schema: catalogue.eventFeatures, columns: events.features },
    { schema: catalogue.context, columns: events.context },
  ];
  if (!groups.some(({ schema }) => schema.some(({ kind }) => kind === "number"))) return [];
  const { slice } = view;
  if (slice.includes(UNKNOWN_SLICE)) {
    view.notChecked.push("normalisers of events and contexts: dropped negatives do not say which split they were of");
    return [];
  }
  return groups.flatMap(({ schema, columns }) =>
    schema.flatMap((feature, f) => {
      const column = columns[f];
      if (feature.kind !== "number" || column?.kind !== "number") return [];
      const values = column.values.filter((_, e) => slice[e] === 0);
      return [{ name: `\`${feature.name}\``, stored: feature.normaliser, values: scaled(values, feature.normaliser) }];
    }),
  );
}

function ofEntities({ dataset: { catalogue } }: AuditView): Fitted[] {
  const { items, users, modalities, userFeatures } = catalogue;
  const ofItems = modalities.flatMap((column) => {
    if (column.kind !== "number") return [];
    const values = scaled(column.values.subarray(1, items.trained + 1), column.normaliser);
    return [{ name: `\`${column.name}\``, stored: column.normaliser, values }];
  });
  const ofUsers = userFeatures.schema.flatMap((feature, f) => {
    const column = userFeatures.columns[f];
    if (feature.kind !== "number" || column?.kind !== "number") return [];
    const values = scaled(column.values.subarray(1, users.trained + 1), feature.normaliser);
    return [{ name: `\`${feature.name}\``, stored: feature.normaliser, values }];
  });
  return [...ofItems, ...ofUsers];
}

function ofStatistics({ dataset: { catalogue, events, rows } }: AuditView): Fitted[] {
  const { user, item } = catalogue.statistics;
  const { train } = rows;
  const named = (schema: StatisticSchema, side: string) => ({
    name: `\`${schema.name}\` of the ${side}`,
    stored: schema,
  });
  return [
    ...user.map((schema, s) => ({
      ...named(schema, "user"),
      values: Float32Array.from(train.event, (e) => events.userStatistics[e * user.length + s]!),
    })),
    ...item.map((schema, s) => ({
      ...named(schema, "item"),
      values: Float32Array.from(train.event, (_, r) => train.itemStatistics[r * item.length + s]!),
    })),
  ];
}

function scaled(values: Float32Array, { log }: Normaliser): Float64Array {
  const present = values.filter(Number.isFinite);
  return Float64Array.from(present, (value) => (log ? Math.log(1 + value) : value));
}

function moments(values: Iterable<number>): { mean: number; std: number } {
  let count = 0;
  let sum = 0;
  for (const value of values) {
    sum += value;
    count++;
  }
  if (count === 0) return { mean: 0, std: 1 };
  const mean = sum / count;
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  return { mean, std: Math.sqrt(squares / count) };
}
