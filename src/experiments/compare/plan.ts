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
    if (seen.has(folderOf(name))) {
      throw new MmdinError("CONFIG", `the line "${name}" is there twice`, { where: at, fix: "Give it another name." });
    }
    seen.add(folderOf(name));
    const whole = [...featureSet(model, config.features), ...common, ...line.set];
    inPlace(at, () => checkOptions(model, whole));
    return { name, model, set: whole, trials: trialsOf(model, { set: whole, file }) };
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

/** The name of a line as a folder. */
export function folderOf(name: string): string {
  return (
    name
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "")
      .toLowerCase() || "line"
  );
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
  const known = new Set(listOptions(model.schema).map(({ path }) => path));
  if (!known.has("modalities")) return [];
  const given = typeof features === "string" ? FEATURES[features] : features;
  return Object.entries(given)
    .filter(([option, value]) => known.has(option) && value !== undefined)
    .filter(([option]) => !(features === "textbook" && option === "age" && model.agesArePositions))
    .map(([option, value]) => override(`options.${option}`, value));
}

function checkOptions(model: string, set: readonly string[]): void {
  const config = trainConfig([...set, `model=${model}`]);
  findModel(model).configure(config.options);
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
 * number for every model that is trained.
 */
function trialsOf(model: string, { set, file }: { set: readonly string[]; file: CompareConfigFile }): string[][] {
  const { tuning } = file.config;
  const isTrained = listOptions(findModel(model).schema).some(({ path }) => path === "modalities");
  if (tuning === undefined || !isTrained) return [];
  for (const name of Object.keys(tuning.models)) inPlace(file.at(["tuning", "models", name]), () => findModel(name));
  const own = tuning.models[model] ?? {};
  const axes = [
    ...Object.entries(tuning.space).map(([path, values]) => ({ path, values, at: ["tuning", "space", path] })),
    ...Object.entries(own).map(([path, values]) => ({ path, values, at: ["tuning", "models", model, path] })),
  ];
  for (const { path, values, at } of axes) {
    for (const value of values) inPlace(file.at(at), () => checkOptions(model, [...set, override(path, value)]));
  }
  const common = axes.slice(0, Object.keys(tuning.space).length);
  const further = axes.slice(common.length);
  const identity = (drawn: readonly string[]): string =>
    JSON.stringify(trainConfig([...set, ...drawn, `model=${model}`]));
  const found = new Map<string, string[]>([[identity([]), []]]);
  // Draw k of the common axes is the same for every model; a repetition is drawn again, a small space just ends.
  for (let draw = 0; found.size < tuning.trials && draw < 20 * tuning.trials; draw++) {
    const random = (purpose: string): RandomStream => new RandomStream(tuning.seed, "trial", purpose, draw);
    const shared = random("common");
    const rest = random(model);
    const drawn = [
      ...common.map(({ path, values }) => override(path, values[shared.below(values.length)])),
      ...further.map(({ path, values }) => override(path, values[rest.below(values.length)])),
    ];
    const key = identity(drawn);
    if (!found.has(key)) found.set(key, drawn);
  }
  return [...found.values()];
}

const override = (path: string, value: unknown): string => `${path}=${JSON.stringify(value)}`;
