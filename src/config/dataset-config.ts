import { dirname, resolve } from "node:path";
import { z } from "zod";
import { readConfigText } from "./config-text.js";
import { type DatasetInput, datasetInputSchema, type SourceConfig } from "./dataset-schema.js";
import { secondsOf } from "./seconds.js";
import { parseYaml } from "./yaml-source.js";

export type { FeatureConfig, ModalityConfig, SourceConfig } from "./dataset-schema.js";

export type SplitConfig =
  | { by: "time"; train: number; valid: number; test: number }
  | { by: "time"; valid: string | number; test: string | number }
  | { by: "leave-last" }
  | { by: "file"; train: SourceConfig; valid: SourceConfig; test: SourceConfig };

export interface NegativesConfig {
  perPositive: number;
  sampler: "uniform" | "popularity";
  exclude?: SourceConfig | undefined;
}

/** dataset.yaml with every default filled in. */
export type DatasetConfig = Omit<DatasetInput, "split" | "negatives" | "statistics" | "ranking"> & {
  split: SplitConfig;
  /** Null with labels of their own. */
  negatives: NegativesConfig | null;
  /** `negatives.keep`: share of the training and validation rows of label 0 that is kept; 1 with implicit labels. */
  negativesKept: number;
  statistics: { user: string[]; item: string[]; prior: number };
  /** Null where no ranking files are made. */
  ranking: { negatives: number; kind: "uniform" | "popularity" } | null;
};

export interface DatasetConfigFile {
  config: DatasetConfig;
  file: string;
  /** The folder that sources are relative to, absolute. */
  root: string;
  /** `file:line:col (key.path)` of a key, for errors. */
  at(path: string): string;
}

const RANKING = { negatives: 100, kind: "uniform" } as const;
const TIME_SPLIT: SplitConfig = { by: "time", train: 0.8, valid: 0.1, test: 0.1 };

/** The schema of dataset.yaml: shape, then rules between keys, then defaults that depend on other keys. */
export const datasetSchema = datasetInputSchema.superRefine(checkRules).transform(fillDefaults);

/**
 * Reads and checks dataset.yaml.
 *
 * @throws MmdinError IO where the file cannot be read, CONFIG where it is not what it should be.
 */
export function readDatasetConfig(path: string, { root }: { root?: string } = {}): DatasetConfigFile {
  const fix = "Give the path of a dataset.yaml.";
  const text = readConfigText(path, { problem: "the dataset's configuration cannot be read", fix });
  const { value, at } = parseYaml(text, { file: path, schema: datasetSchema });
  return { config: value, file: path, at, root: root ? resolve(root) : resolve(dirname(path), value.root) };
}

/** JSON Schema of dataset.yaml, for editors. */
export function datasetJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(datasetInputSchema, { io: "input" }), title: "mmdin dataset.yaml" };
}

type Problem = { path: (string | number)[]; message: string; expected?: string; got?: string; fix?: string };

function checkRules(config: DatasetInput, context: z.RefinementCtx<DatasetInput>): void {
  const refuse = ({ path, message, ...params }: Problem) =>
    context.addIssue({ code: "custom", path, message, params, input: config });
  const { events, items, users, split, statistics } = config;
  const implicit = events.label === "implicit";

  if ((events.time === undefined) === (events.order === undefined)) {
    const fix = "Give `time` where the log has a clock, `order` where only an order exists.";
    refuse({ path: ["events"], message: "events need either `time` or `order`", fix });
  }
  if (split?.by === "file" && events.from !== undefined) {
    refuse({
      path: ["events", "from"],
      message: "`split: { by: file }` names the sources itself",
      fix: "Remove `events.from`.",
    });
  }
  if (split?.by !== "file" && events.from === undefined) {
    refuse({ path: ["events"], message: 'option "from" is missing', expected: "the source of the events" });
  }
  if (events.order !== undefined && split?.by === "time") {
    const fix = "Use `split: { by: leave-last }` or `{ by: file, ... }`.";
    refuse({ path: ["split", "by"], message: "an order has no clock to split by", fix });
  }
  checkTimeSplit(config, refuse);
  checkNegatives(config, refuse);
  if (config.ranking && !(implicit && (split?.by ?? defaultSplit(config).by) === "leave-last")) {
    const fix = "Remove `ranking`.";
    refuse({ path: ["ranking"], message: "ranking files need implicit labels and `split: { by: leave-last }`", fix });
  }
  for (const side of ["user", "item"] as const) {
    const names = statistics === false ? [] : (statistics?.[side] ?? []);
    names.forEach((name, index) => {
      const path = ["statistics", side, index];
      if (implicit && name === "rate") {
        const fix = "Use `count`, or give events a label of their own.";
        refuse({ path, message: "`rate` says nothing where every logged event is positive", fix });
      }
      if (names.indexOf(name) !== index) refuse({ path, message: `statistic "${name}" is named twice` });
    });
  }
  if (items && (items.from === undefined) !== (items.id === undefined)) {
    refuse({ path: ["items"], message: "items need both `from` and `id`" });
  }
  if (users && (users.from === undefined) !== (users.id === undefined)) {
    refuse({ path: ["users"], message: "users need both `from` and `id`" });
  }
  if (users && users.from === undefined && Object.keys(users.features).length > 0) {
    refuse({
      path: ["users", "features"],
      message: "features of users need a table of users",
      fix: "Add `users.from` and `users.id`.",
    });
  }
  if (items && items.from === undefined) {
    for (const [name, { kind }] of Object.entries(items.modalities)) {
      if (kind === "vector") continue;
      const path = ["items", "modalities", name];
      refuse({ path, message: "this modality needs a table of items", fix: "Add `items.from` and `items.id`." });
    }
  }
  checkNames(config, refuse);
}

function checkNegatives({ events, negatives }: DatasetInput, refuse: (problem: Problem) => void): void {
  if (!negatives) return;
  if (events.label === "implicit") {
    if (negatives.keep === undefined) return;
    const fix = "Remove `negatives.keep`, and draw fewer with `negatives.perPositive`.";
    refuse({ path: ["negatives", "keep"], message: "`keep` thins real negatives, and implicit labels have none", fix });
    return;
  }
  const message = "negatives are drawn for implicit labels only";
  const given = (["perPositive", "sampler", "exclude"] as const).filter((key) => negatives[key] !== undefined);
  for (const key of given) {
    const fix = `Remove \`negatives.${key}\`, or set \`events.label: implicit\`.`;
    refuse({ path: ["negatives", key], message, fix });
  }
  if (given.length === 0 && negatives.keep === undefined) {
    const fix = "Remove `negatives`, name the share of them to `keep`, or set `events.label: implicit`.";
    refuse({ path: ["negatives"], message, fix });
  }
}

function checkTimeSplit({ split }: DatasetInput, refuse: (problem: Problem) => void): void {
  if (split?.by !== "time") return;
  const { train, valid, test } = split;
  if (train === undefined && valid === undefined && test === undefined) return;
  const form = "{ by: time, train: 0.8, valid: 0.1, test: 0.1 } or { by: time, valid: <date>, test: <date> }";
  const fractions = [train, valid, test].every((part) => typeof part === "number" && part >= 0 && part <= 1);
  if (fractions) {
    const sum = Number(train) + Number(valid) + Number(test);
    if (Math.abs(sum - 1) > 1e-9) {
      const got = String(Number(sum.toFixed(9)));
      refuse({ path: ["split"], message: "the parts of a split must make a whole", expected: "a sum of 1", got });
    }
    return;
  }
  if (train !== undefined || valid === undefined || test === undefined) {
    refuse({ path: ["split"], message: "not a split by time", expected: form });
    return;
  }
  const starts = { valid: secondsOf(valid), test: secondsOf(test) };
  for (const name of ["valid", "test"] as const) {
    if (Number.isNaN(starts[name])) {
      const expected = "a date such as 2018-01-31, or seconds since 1970";
      refuse({ path: ["split", name], message: "not a date", expected, got: String(split[name]) });
    }
  }
  if (starts.valid >= starts.test) {
    refuse({ path: ["split", "test"], message: "the test slice must start after the validation slice" });
  }
}

const RESERVED = new Set(["all", "ids"]);

function checkNames({ events, items, users, context }: DatasetInput, refuse: (problem: Problem) => void): void {
  const seen = new Map<string, string>();
  const groups: [string[], object][] = [
    [["items", "modalities"], items?.modalities ?? {}],
    [["events", "features"], events.features],
    [["users", "features"], users?.features ?? {}],
    [["context", "features"], context?.features ?? {}],
  ];
  for (const [path, group] of groups) {
    for (const name of Object.keys(group)) {
      const before = seen.get(name);
      if (name === "id" && path[1] === "modalities") {
        const fix = "`id` is always a modality: remove it, or choose another name.";
        refuse({ path: [...path, name], message: 'a modality cannot be named "id"', fix });
      } else if (RESERVED.has(name) && path[1] === "modalities") {
        const fix = "`all` and `ids` name groups of modalities in a model's options: choose another name.";
        refuse({ path: [...path, name], message: `a modality cannot be named "${name}"`, fix });
      } else if (before) {
        const fix = "Names are unique over modalities and features: choose another one.";
        refuse({ path: [...path, name], message: `"${name}" is already the name of ${before}`, fix });
      }
      seen.set(name, `${path.join(".")}.${name}`);
    }
  }
}

function defaultSplit({ events }: DatasetInput): SplitConfig {
  return events.order === undefined ? TIME_SPLIT : { by: "leave-last" };
}

function fillDefaults(config: DatasetInput): DatasetConfig {
  const implicit = config.events.label === "implicit";
  const split = fillSplit(config);
  const counts = implicit ? ["count"] : ["count", "rate"];
  const given = config.statistics;
  const statistics =
    given === false
      ? { user: [], item: [], prior: 5 }
      : { user: given?.user ?? counts, item: given?.item ?? counts, prior: given?.prior ?? 5 };
  const { keep = 1, perPositive = 1, sampler = "uniform", exclude } = config.negatives ?? {};
  const negatives = implicit ? { perPositive, sampler, ...(exclude !== undefined && { exclude }) } : null;
  const ranking = implicit && split.by === "leave-last" ? (config.ranking ?? RANKING) : null;
  return { ...config, split, statistics, negatives, negativesKept: keep, ranking };
}

function fillSplit(config: DatasetInput): SplitConfig {
  const { split } = config;
  if (!split) return defaultSplit(config);
  if (split.by !== "time") return split;
  const { train, valid, test } = split;
  if (typeof train === "number" && typeof valid === "number" && typeof test === "number") {
    return { by: "time", train, valid, test };
  }
  if (valid === undefined || test === undefined) return TIME_SPLIT;
  return { by: "time", valid, test };
}
