import { createHash } from "node:crypto";
import { type CompareConfig, type CompareConfigFile, readCompareConfig } from "../../config/compare-config.js";
import { listOptions } from "../../config/option-list.js";
import { MmdinError } from "../../errors.js";
import { findModel } from "../../models/registry.js";
import { RandomStream } from "../../random.js";
import { trainConfig } from "../../training/index.js";

/** One line of a comparison: a model with options. */
export interface PlannedLine {
  name: string;
  model: string;
  /** Options over the defaults, without the seed; the tuned ones come behind them. */
  set: string[];
  /** What each trial adds to `set`; the first adds nothing. Empty without tuning, and for models that are not trained. */
  trials: string[][];
}

export interface Plan {
  lines: PlannedLine[];
  seeds: number[];
  /** Given to every line. */
  set: string[];
  features: CompareConfig["features"];
  tuning: NonNullable<CompareConfig["tuning"]> | null;
  /** Line that RelaImpr is relative to. */
  base: string;
}

export interface PlanInput {
  /** Names of models; each is a line of its own name. */
  models?: readonly string[] | undefined;
  /** Lines with options of their own, behind those of `models`. */
  lines?: readonly Pick<PlannedLine, "name" | "model" | "set">[] | undefined;
  seeds: readonly number[];
  set?: readonly string[] | undefined;
  /** A grid.yaml. */
  config?: string | undefined;
}

/**
 * Plans a comparison, and checks all of it before anything is trained: every model is known, every option exists for the model
 * that it is given to, no line and no seed is there twice.
 *
 * @throws MmdinError CONFIG with the place of the first problem.
 */
export function makePlan({ models = [], lines: given = [], seeds, set = [], config: path }: PlanInput): Plan {
  const file = readCompareConfig(path);
  const { config } = file;
  checkSeeds(seeds);
  const common = [...config.set, ...set];
  const named = [
    ...models.map((model) => ({ line: { name: model, model, set: [] as string[] }, at: `--models ${model}` })),
    ...given.map((line) => ({ line, at: line.name })),
    ...config.lines.map((line, index) => ({ line, at: file.at(["lines", index]) })),
  ];
  if (named.length === 0) {
    const fix = "Name models with --models, or lines in --config.";
    throw new MmdinError("CONFIG", "there is nothing to compare", { fix });
  }
  const seen = new Set<string>();
  const lines = named.map(({ line, at }) => {
    const { name, model } = line;
    if (seen.has(name)) {
      throw new MmdinError("CONFIG", `the line "${name}" is there twice`, { where: at, fix: "Give it another name." });
    }
    seen.add(name);
    const whole = inPlace(at, () => {
      const all = [...featureSet(model, config.features), ...common, ...line.set];
      checkOptions(model, all);
      return all;
    });
    return { name, model, set: whole, trials: trialsOf(model, { set: whole, own: [...common, ...line.set], file }) };
  });
  const names = lines.map(({ name }) => name);
  if (config.base !== undefined && !names.includes(config.base)) {
    const where = file.at("base");
    throw new MmdinError("CONFIG", "the base is no line", {
      where,
      expected: `one of ${names.join(", ")}`,
      got: config.base,
    });
  }
  const base = config.base ?? ["embedding-mlp", "din"].find((name) => names.includes(name)) ?? names[0]!;
  return { lines, seeds: [...seeds], set: common, features: config.features, tuning: config.tuning ?? null, base };
}

function checkSeeds(seeds: readonly number[]): void {
  const twice = seeds.find((seed, i) => seeds.indexOf(seed) !== i);
  if (twice !== undefined) {
    const fix = "One seed is one training: the same one again would count as two.";
    throw new MmdinError("CONFIG", `seed ${twice} is there twice`, { where: "seeds", got: seeds.join(", "), fix });
  }
  if (seeds.length === 0) throw new MmdinError("CONFIG", "there are no seeds", { where: "seeds" });
}

/** The name of a line as a folder: as it is where it is short and plain, else what can be read of it, and a hash. */
export function folderOf(name: string): string {
  if (/^[a-z0-9][a-z0-9-]{0,59}$/.test(name)) return name;
  const plain = name
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .toLowerCase();
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return plain === "" ? hash : `${plain.slice(0, 40)}-${hash}`;
}

const FEATURES = {
  own: {},
  all: { modalities: "all", statistics: true, behaviour: true, age: true, history: "all" },
  textbook: { modalities: "ids", statistics: false, behaviour: false, age: false, history: "positives" },
} as const;

/**
 * The features that a model is given, as far as it has options for them; a model that counts keeps its own. Ages that are a model's
 * positions stay with it, whatever the preset says.
 */
function featureSet(name: string, features: CompareConfig["features"]): string[] {
  const model = findModel(name);
  if (!model.isTrained) return [];
  const known = new Set(listOptions(model.schema).map(({ path }) => path));
  const given = typeof features === "string" ? FEATURES[features] : features;
  return Object.entries(given)
    .filter(([option, value]) => known.has(option) && value !== undefined)
    .filter(([option]) => !(features === "textbook" && option === "age" && model.agesArePositions))
    .map(([option, value]) => override(`options.${option}`, value));
}

/** What a comparison itself decides, or compares by. */
const OWN = ["model", "seed", "monitor"];

function checkOptions(model: string, set: readonly string[]): void {
  for (const entry of set) {
    const path = pathOf(entry);
    if (!OWN.includes(path)) continue;
    const fix = path === "monitor" ? "Every line is judged by log-loss on validation." : "Name models and seeds apart.";
    throw new MmdinError("CONFIG", `${path} cannot be an option of a line`, { where: entry, fix });
  }
  trainConfig([...set, `model=${model}`]);
}

function inPlace<Result>(where: string, act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof MmdinError)) throw cause;
    const { where: inner, ...details } = cause.details;
    throw new MmdinError(cause.code, cause.problem, {
      ...details,
      where: inner === undefined ? where : `${where}, ${inner}`,
      cause,
    });
  }
}

/**
 * What the trials of a line add to its options: nothing first, then settings drawn without repetition from the space, the same
 * number for every model that is trained, or all there are. What a line's own options say is not tuned.
 */
function trialsOf(
  model: string,
  { set, own, file }: { set: readonly string[]; own: readonly string[]; file: CompareConfigFile },
): string[][] {
  const { tuning } = file.config;
  if (tuning === undefined || !findModel(model).isTrained) return [];
  const fixed = new Set(own.map(pathOf));
  const axes = axesOf(model, { tuning, file }).filter(({ path }) => !fixed.has(path));
  for (const { path, values, at } of axes) {
    for (const value of values) inPlace(file.at(at), () => checkOptions(model, [...set, override(path, value)]));
  }
  const settings = axes.reduce((product, { values }) => product * values.length, 1);
  const identity = (drawn: readonly string[]): string =>
    JSON.stringify(trainConfig([...set, ...drawn, `model=${model}`]));
  const found = new Map<string, string[]>([[identity([]), []]]);
  const tried = new Set<string>();
  // The common axes of draw k are the same for every model; a repetition is drawn again until there is nothing new.
  for (let draw = 0; found.size < tuning.trials && tried.size < settings && draw < 100_000; draw++) {
    const common = new RandomStream(tuning.seed, "trial", "common", draw);
    const further = new RandomStream(tuning.seed, "trial", model, draw);
    const drawn = axes.map(({ path, values, shared }) =>
      override(path, values[(shared ? common : further).below(values.length)]),
    );
    const key = drawn.join(" ");
    if (tried.has(key)) continue;
    tried.add(key);
    const whole = identity(drawn);
    if (!found.has(whole)) found.set(whole, drawn);
  }
  return [...found.values()];
}

interface Axis {
  path: string;
  values: readonly unknown[];
  /** Whether every model has it. */
  shared: boolean;
  at: string[];
}

/** The axes of a model: those of all, less those that it has values of its own for, then its own. */
function axesOf(
  model: string,
  { tuning, file }: { tuning: NonNullable<CompareConfig["tuning"]>; file: CompareConfigFile },
): Axis[] {
  for (const name of Object.keys(tuning.models)) inPlace(file.at(["tuning", "models", name]), () => findModel(name));
  const own = tuning.models[model] ?? {};
  const below = (space: Record<string, unknown[]>, at: string[], shared: boolean): Axis[] =>
    Object.entries(space).map(([path, values]) => ({ path, values, shared, at: [...at, path] }));
  return [
    ...below(tuning.space, ["tuning", "space"], true).filter(({ path }) => !Object.hasOwn(own, path)),
    ...below(own, ["tuning", "models", model], false),
  ];
}

const override = (path: string, value: unknown): string => `${path}=${JSON.stringify(value)}`;
const pathOf = (entry: string): string => entry.slice(0, entry.indexOf("=")).trim();
