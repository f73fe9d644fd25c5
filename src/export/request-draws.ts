import type { Counters, FeatureValue, HistoryStep, RankRequest } from "../contract.js";
import type { Normaliser } from "../data/columns.js";
import { type Catalogue, type FeatureSchema, hasModality, loadIds } from "../data/index.js";
import { RandomStream } from "../random.js";
import { averagedBy } from "./statistic-nodes.js";

/** Requests on the items and people of one run, drawn by a seed: what they hold is what requests hold, gaps and unknown ids included. */
export class RequestDraws {
  readonly #catalogue: Catalogue;
  readonly #random: RandomStream;
  readonly #items: readonly string[];
  readonly #users: readonly string[];
  /** Items of which a modality is missing. */
  readonly #bare: readonly number[];

  constructor(catalogue: Catalogue, { seed = 1 }: { seed?: number } = {}) {
    this.#catalogue = catalogue;
    this.#random = new RandomStream(seed, "requests");
    this.#items = loadIds(catalogue, "items");
    this.#users = loadIds(catalogue, "users");
    this.#bare = this.#items.flatMap((_, item) =>
      item > 0 && catalogue.modalities.some((column) => !hasModality(column, item)) ? [item] : [],
    );
  }

  /** A request of so many steps before its time, and so many candidates. */
  request({ steps, candidates }: { steps: number; candidates: number }): RankRequest {
    const { context, lastTime } = this.#catalogue;
    const chosen = Array.from({ length: candidates }, () => this.#item());
    const timed = this.#chance(0.8);
    const time = this.#chance(0.7) ? lastTime - this.#random.below(1000) : undefined;
    const history = Array.from({ length: steps }, () => this.#step({ timed, before: time ?? lastTime }));
    return {
      ...(this.#chance(0.8) && { user: this.#user() }),
      ...(time !== undefined && { time }),
      ...(this.#chance(0.8) && { context: this.#features(context) }),
      history,
      candidates: chosen,
      ...(this.#chance(0.5) && { statistics: this.#statistics(chosen) }),
    };
  }

  #step({ timed, before }: { timed: boolean; before: number }): HistoryStep {
    // Ages of all sizes, as buckets of age are; some steps share their moment.
    const age = 1 + Math.floor(2 ** (26 * this.#random.uniform()));
    return {
      item: this.#item(),
      ...(timed && { time: before - age }),
      ...(this.#chance(0.8) && { label: this.#chance(0.5) ? 1 : 0 }),
      ...(this.#chance(0.9) && { features: this.#features(this.#catalogue.eventFeatures) }),
    };
  }

  #item(): string {
    if (this.#chance(0.1)) return `unknown ${this.#random.below(100)}`;
    const bare = this.#bare.length > 0 && this.#chance(0.2);
    const index = bare ? this.#bare[this.#random.below(this.#bare.length)]! : this.#place(this.#items);
    return this.#items[index] ?? "";
  }

  #user(): string {
    return this.#chance(0.2) ? "unknown" : (this.#users[this.#place(this.#users)] ?? "");
  }

  #features(schemas: readonly FeatureSchema[]): Record<string, FeatureValue> {
    return Object.fromEntries(
      schemas.filter(() => this.#chance(0.85)).map((schema) => [schema.name, this.#value(schema)]),
    );
  }

  #value(schema: FeatureSchema): FeatureValue {
    if (this.#chance(0.1)) return null;
    if (schema.kind === "number") return rawValue(schema.normaliser, this.#random.normal());
    const { vocabulary } = schema;
    if (vocabulary.length === 0 || this.#chance(0.1)) return "a value that nobody has seen";
    return vocabulary[this.#random.below(vocabulary.length)] ?? "";
  }

  #statistics(candidates: readonly string[]): NonNullable<RankRequest["statistics"]> {
    const { user, item } = this.#catalogue.statistics;
    const known = candidates.filter(() => this.#chance(0.5));
    return {
      ...(this.#chance(0.5) && { user: this.#counters(averagedBy(user)) }),
      items: Object.fromEntries(known.map((id) => [id, this.#counters(averagedBy(item))])),
    };
  }

  #counters(averaged: readonly string[]): Counters {
    const count = this.#random.below(200);
    const mean = (): { count: number; sum: number } => ({ count, sum: count * (1 + 4 * this.#random.uniform()) });
    return {
      count,
      positives: this.#random.below(count + 1),
      means: Object.fromEntries(averaged.map((name) => [name, mean()])),
    };
  }

  /** Any place but the first, which is that of the unknown one; 0 where there is no other. */
  #place(ids: readonly string[]): number {
    return ids.length > 1 ? 1 + this.#random.below(ids.length - 1) : 0;
  }

  #chance(probability: number): boolean {
    return this.#random.uniform() < probability;
  }
}

/** The number that a normaliser makes x of, short enough to be read. */
export function rawValue({ log, mean, std }: Normaliser, x: number): number {
  const value = mean + std * x;
  return Number((log ? Math.expm1(value) : value).toPrecision(4));
}
