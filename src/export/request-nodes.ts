import { AGE_BUCKETS, type BatchInput, type TableInput } from "../data/batch-inputs.js";
import { type Catalogue, type Normaliser, UNKNOWN_INDEX } from "../data/columns.js";
import { findFeature } from "../data/feature-columns.js";
import { normalise } from "../data/features.js";
import { MmdinError } from "../errors.js";
import type { BundleInput } from "./bundle-feeds.js";
import type { NodeWriter } from "./onnx-nodes.js";
import {
  CANDIDATES,
  CONTEXT_FEATURE,
  featureInput,
  findSchema,
  HISTORY,
  HISTORY_FEATURE,
  HISTORY_TIME,
  ITEM_COUNTERS,
  TIME,
  USER,
  USER_COUNTERS,
} from "./request-inputs.js";
import { averagedBy, statisticNodes } from "./statistic-nodes.js";

export interface RequestNodesOptions {
  catalogue: Catalogue;
  /** "one": there is one person, whose history all rows share, [1, T]. "own": each row has its person's, [R, T]. */
  history: "own" | "one";
  /** Whether the forward looks at the items of the history. */
  readsHistory: boolean;
}

/**
 * The nodes between what a caller feeds and what a model's forward reads: R = B N rows, one for each person and candidate, person
 * by person. It does in the model what `src/data/request-columns.ts` and `src/data/batch-*.ts` do in front of it.
 *
 * Letters: B people, T history steps, N candidates, R rows. The items of a run are the R candidates, then the B T steps.
 */
export class RequestNodes {
  /** What has to be fed, by name, as far as it was asked for. */
  readonly inputs = new Map<string, BundleInput>();
  readonly #write: NodeWriter;
  readonly #catalogue: Catalogue;
  readonly #shared: boolean;
  readonly #readsHistory: boolean;
  readonly #made = new Map<string, string>();

  constructor(write: NodeWriter, { catalogue, history, readsHistory }: RequestNodesOptions) {
    this.#write = write;
    this.#readsHistory = readsHistory;
    this.#catalogue = catalogue;
    this.#shared = history === "one";
  }

  /** int32 [R + B T]: indices of the candidates and of the items of the steps. */
  get items(): string {
    return this.#once("items", () =>
      this.#readsHistory
        ? this.#write.node("Concat", [this.#candidates, this.#steps], { attributes: { axis: 0 } })
        : this.#candidates,
    );
  }

  /** [R, ...] as [B, N, ...]. */
  byPerson(rows: string): string {
    const rest = this.#write.node("Shape", [rows], { attributes: { start: 1 } });
    return this.#write.node("Reshape", [rows, this.#join([this.#B, this.#N, rest])]);
  }

  /** The value of an input of the forward. */
  input(input: BatchInput): string {
    const write = this.#write;
    switch (input.from) {
      case "candidate":
        return this.#once("candidate", () => this.#range(write.int64([0]), this.#R));
      case "history":
        return this.#once("history", () => {
          const places = this.#range(this.#R, write.node("Add", [this.#R, this.#product(this.#B, this.#T)]));
          return this.#ofSteps(write.node("Reshape", [places, this.#join([this.#B, this.#T])]));
        });
      case "mask":
        return this.#once("mask", () => this.#ofSteps(this.#mask));
      case "historyLength":
        return this.#once("length", () => this.#ofSteps(this.#sum(this.#mask)));
      case "age":
        return this.#once("age", () => this.#ofSteps(this.#ages()));
      case "statistics":
        return this.#once("statistics", () => this.#statistics());
      case "stepPlaces":
        return this.#ofSteps(this.#ask(this.#stepFeature(input.feature)));
      case "stepNumber":
      case "stepPresent":
        return this.#ofSteps(this.#number(this.#stepFeature(input.feature), input));
      case "rowNumber":
      case "rowPresent":
        return this.#ofPerson(
          write.unsqueeze(
            input.of === "context"
              ? this.#number(this.#contextFeature(input.feature), input)
              : this.#userNumber(input.feature, { present: input.from === "rowPresent" }),
            1,
          ),
        );
      default:
        throw new MmdinError("MODEL", "an input that no request has", { where: input.name, got: input.from });
    }
  }

  /** The rows of a table that the forward reads, all of them where it has places among them; `table` holds every row. */
  rows(source: TableInput, table: string): string {
    const write = this.#write;
    switch (source.rowsOf) {
      case "step":
        return table;
      case "context":
        return this.#ofPerson(write.gather(table, this.#ask(this.#contextFeature(source.feature))));
      case "user": {
        const unseen = write.node("Greater", [this.#user, write.int32(this.#catalogue.users.trained)]);
        return this.#ofPerson(
          write.gather(table, write.node("Where", [unseen, write.int32(UNKNOWN_INDEX), this.#user])),
        );
      }
      case "userFeature": {
        const { column } = this.#userFeature(source.feature);
        if (column.kind !== "category") throw new MmdinError("MODEL", `${source.feature} is no category`);
        const codes = write.initializers.add(`data/user.${source.feature}`, Int32Array.from(column.codes));
        return this.#ofPerson(write.gather(table, write.gather(codes, this.#user)));
      }
      default:
        throw new MmdinError("MODEL", "a table of items", {
          where: source.name,
          expected: "one that is known by item",
        });
    }
  }

  get #candidates(): string {
    // Whoever fills a list of candidates up with -1 means nobody's item, not the last one.
    return this.#once("candidates", () =>
      this.#write.reshape(this.#write.node("Max", [this.#ask(CANDIDATES), this.#write.int32(UNKNOWN_INDEX)]), [-1]),
    );
  }
  get #steps(): string {
    return this.#once("steps", () =>
      this.#write.reshape(this.#write.node("Max", [this.#ask(HISTORY), this.#write.int32(UNKNOWN_INDEX)]), [-1]),
    );
  }
  get #user(): string {
    return this.#once("user", () => this.#write.node("Max", [this.#ask(USER), this.#write.int32(UNKNOWN_INDEX)]));
  }
  get #B(): string {
    return this.#once("B", () => this.#write.sizeOf(this.#ask(CANDIDATES), 0));
  }
  get #N(): string {
    return this.#once("N", () => this.#write.sizeOf(this.#ask(CANDIDATES), 1));
  }
  get #T(): string {
    return this.#once("T", () => this.#write.sizeOf(this.#ask(HISTORY), 1));
  }
  get #R(): string {
    return this.#once("R", () => this.#product(this.#B, this.#N));
  }
  /** int32 [R]: the person of each row. */
  get #person(): string {
    return this.#once("person", () => {
      const people = this.#write.unsqueeze(this.#range(this.#write.int64([0]), this.#B), 1);
      return this.#write.reshape(this.#write.node("Expand", [people, this.#join([this.#B, this.#N])]), [-1]);
    });
  }
  /** [B, T]: 1 at real steps. */
  get #mask(): string {
    return this.#once("mask of people", () =>
      this.#write.cast(
        this.#write.node("GreaterOrEqual", [this.#ask(HISTORY), this.#write.int32(UNKNOWN_INDEX)]),
        "float32",
      ),
    );
  }

  /** 1 + the number of powers of two, from 2 on, that the age is not below; 0 where a time is not known. As `ageBucket`. */
  #ages(): string {
    const write = this.#write;
    const now = write.unsqueeze(this.#ask(TIME), 1);
    const age = write.node("Sub", [now, this.#ask(HISTORY_TIME)]); // float64 [B, T]
    const powers = Float64Array.from({ length: AGE_BUCKETS - 2 }, (_, k) => 2 ** (k + 1));
    const reached = write.node("GreaterOrEqual", [
      write.unsqueeze(age, 2),
      write.initializers.add("constant/ages", powers),
    ]);
    const bucket = write.node("Add", [
      write.node("ReduceSum", [write.cast(reached, "int32"), write.int64([2])], { attributes: { keepdims: 0 } }),
      write.int32(1),
    ]);
    return write.node("Where", [write.node("IsNaN", [age]), write.int32(0), bucket]);
  }

  #statistics(): string {
    const write = this.#write;
    const { user, item, prior } = this.#catalogue.statistics;
    const parts: string[] = [];
    if (user.length > 0) {
      const counters = this.#ask({ ...USER_COUNTERS, shape: ["B", 2 + 2 * averagedBy(user).length] });
      parts.push(this.#ofPerson(statisticNodes(write, counters, { schemas: user, prior })));
    }
    if (item.length > 0) {
      const width = 2 + 2 * averagedBy(item).length;
      const given = write.reshape(this.#ask({ ...ITEM_COUNTERS, shape: ["B", "N", width] }), [-1, width]);
      const known = write.gather(this.#snapshot(), this.#candidates);
      const count = write.gather(given, write.initializers.add("constant/first", Int32Array.of(0)), 1); // [R, 1]
      const isGiven = write.node("GreaterOrEqual", [count, write.float64(0)]);
      const counters = write.node("Where", [isGiven, given, known]);
      parts.push(statisticNodes(write, counters, { schemas: item, prior }));
    }
    return parts.length === 1 ? parts[0]! : write.node("Concat", parts, { attributes: { axis: 1 } });
  }

  /** float64 [items, C]: the counters of every item after the last event of the log. */
  #snapshot(): string {
    const { itemCounters, items, statistics } = this.#catalogue;
    const averaged = averagedBy(statistics.item);
    const width = 2 + 2 * averaged.length;
    const values = new Float64Array(items.count * width);
    const columns = [itemCounters.count, itemCounters.positives];
    const means = averaged.flatMap((name) => [itemCounters.means[name]?.count, itemCounters.means[name]?.sum]);
    [...columns, ...means].forEach((column, c) => {
      for (let i = 0; i < items.count; i++) values[i * width + c] = column?.[i] ?? 0;
    });
    return this.#write.initializers.add("data/item.counters", values, [items.count, width]);
  }

  #stepFeature(name: string): BundleInput {
    return featureInput(HISTORY_FEATURE, findSchema(this.#catalogue.eventFeatures, name), ["B", "T"]);
  }
  #contextFeature(name: string): BundleInput {
    return featureInput(CONTEXT_FEATURE, findSchema(this.#catalogue.context, name), ["B"]);
  }
  #userFeature(name: string): ReturnType<typeof findFeature> {
    const { schema, columns } = this.#catalogue.userFeatures;
    return findFeature(schema, columns, { of: "user", name });
  }

  /** A number that is fed as it is, normalised (0 where it is missing), or whether it is there: float32. */
  #number(asked: BundleInput, { from, ...rest }: BatchInput): string {
    const write = this.#write;
    const raw = this.#ask(asked);
    const missing = write.node("IsNaN", [raw]);
    if (from === "stepPresent" || from === "rowPresent") return write.cast(write.node("Not", [missing]), "float32");
    const schemas = from === "stepNumber" ? this.#catalogue.eventFeatures : this.#catalogue.context;
    const schema = findSchema(schemas, "feature" in rest ? rest.feature : "");
    if (schema.kind !== "number") throw new MmdinError("MODEL", `${schema.name} is no number`);
    return write.node("Where", [missing, write.float32(0), this.#normalised(raw, schema.normaliser)]);
  }

  #normalised(raw: string, { log, mean, std }: Normaliser): string {
    const write = this.#write;
    const value = write.cast(raw, "float64");
    const positive = (): string => write.node("Max", [value, write.float64(0)]);
    const scaled = log ? write.node("Log", [write.node("Add", [positive(), write.float64(1)])]) : value;
    const standard = write.node("Div", [write.node("Sub", [scaled, write.float64(mean)]), write.float64(std)]);
    return write.cast(standard, "float32");
  }

  /** [B]: a number feature of the people, from a column of the run. */
  #userNumber(name: string, { present }: { present: boolean }): string {
    const { schema, column } = this.#userFeature(name);
    if (column.kind !== "number" || schema.kind !== "number") throw new MmdinError("MODEL", `${name} is no number`);
    const values = Float32Array.from(column.values, (value) => {
      if (Number.isNaN(value) || present) return Number.isNaN(value) ? 0 : 1;
      return normalise(schema.normaliser, value);
    });
    const at = `data/user.${name}${present ? ".present" : ""}`;
    return this.#write.gather(this.#write.initializers.add(at, values), this.#user);
  }

  /** [B, T ...] for every row of a person, or once where there is one person. */
  #ofSteps(value: string): string {
    return this.#shared ? value : this.#ofPerson(value);
  }

  /** [B, ...] -> [R, ...]. */
  #ofPerson(value: string): string {
    return this.#write.gather(value, this.#person);
  }

  #ask(input: BundleInput): string {
    this.inputs.set(input.name, input);
    return input.name;
  }

  #range(start: string, end: string): string {
    const scalar = (value: string): string => this.#write.cast(this.#write.node("Squeeze", [value]), "int32");
    return this.#write.node("Range", [scalar(start), scalar(end), this.#write.int32(1)]);
  }
  #product(a: string, b: string): string {
    return this.#write.node("Mul", [a, b]);
  }
  #sum(mask: string): string {
    return this.#write.node("ReduceSum", [mask, this.#write.int64([1])], { attributes: { keepdims: 1 } });
  }
  #join(sizes: readonly string[]): string {
    return this.#write.node("Concat", sizes, { attributes: { axis: 0 } });
  }

  #once(key: string, make: () => string): string {
    let value = this.#made.get(key);
    if (value === undefined) {
      value = make();
      this.#made.set(key, value);
    }
    return value;
  }
}
