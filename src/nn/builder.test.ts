import { describe, expect, test } from "vitest";
import { add, constant, input } from "../graph/index.js";
import { RandomStream } from "../random.js";
import { Builder, widthOf } from "./builder.js";
import { type Initial, initialise } from "./initial.js";

const zero = { kind: "constant", value: 0 } as const;

describe("what a model declares", () => {
  test("a parameter twice is refused by its name, and so is a state", () => {
    const builder = new Builder({ training: true });
    builder.parameter("w", [2, 2], { initial: zero });
    builder.state("m", [2], { initial: 0 });
    expect(() => builder.parameter("w", [2], { initial: zero })).toThrow("parameter w is declared twice");
    expect(() => builder.state("m", [2], { initial: 0 })).toThrow("state m is declared twice");
    expect(() => builder.updateState("n", { value: constant(0), momentum: 0.1 })).toThrow("state n is not declared");
  });

  test("matrices decay, vectors do not, unless it is said otherwise", () => {
    const builder = new Builder({ training: true });
    builder.parameter("matrix", [2, 2], { initial: zero });
    builder.parameter("vector", [2], { initial: zero });
    builder.parameter("table", [9, 2], { initial: zero, decay: false });
    expect([...builder.parameters.values()].map(({ decay }) => decay)).toEqual([true, false, false]);
  });

  test("a column of the batch asked for twice is one tensor and one entry of the plan", () => {
    const builder = new Builder({ training: true });
    const ask = () => builder.batch({ from: "present", modality: "plot" }, { shape: ["U", 1] });
    expect(ask()).toBe(ask());
    expect(builder.plan.inputs).toEqual([
      { from: "present", modality: "plot", name: "present:plot", shape: ["U", 1], dtype: "float32" },
    ]);
  });

  test("a table read by two sources is one table with two inputs", () => {
    const builder = new Builder({ training: true });
    const spec = { name: "t", rows: 5, dimension: 2, initial: zero };
    const first = builder.table({ rowsOf: "items" }, { ...spec, letter: "U" });
    expect(builder.table({ rowsOf: "items" }, { ...spec, letter: "U" })).toBe(first);
    expect(builder.table({ rowsOf: "user" }, { ...spec, letter: "B" })).not.toBe(first);
    expect(builder.plan.tables.map(({ name, letter }) => [name, letter])).toEqual([
      ["rows:t", "U"],
      ["rows:t@user", "B"],
    ]);
    expect(builder.tables.size).toBe(1);
  });

  test("dropout of rate 0, and any outside training, is the tensor itself", () => {
    const x = input("x", ["B", 2]);
    expect(new Builder({ training: true }).dropout(x, { name: "d", rate: 0 })).toBe(x);
    expect(new Builder({ training: false }).dropout(x, { name: "d", rate: 0.5 })).toBe(x);
    expect(new Builder({ training: true }).dropout(x, { name: "d", rate: 0.5 })).not.toBe(x);
  });

  test("dropout of two tensors under one name is one mask and one entry of the plan", () => {
    const builder = new Builder({ training: true });
    const drop = (name: string) => builder.dropout(input(name, ["B", 2]), { name: "d", rate: 0.5 });
    drop("x");
    drop("y");
    expect(builder.plan.inputs).toEqual([
      { from: "dropout", rate: 0.5, name: "dropout:d", shape: ["B", 2], dtype: "float32" },
    ]);
  });

  test("a shape error inside a layer names the layer", () => {
    const builder = new Builder({ training: false });
    expect(() => builder.layer("unit", () => add(input("a", [2]), input("b", [3])))).toThrow(
      /^unit\/add: shapes do not broadcast/,
    );
    expect(() => builder.layer("unit", () => widthOf(input("a", ["B"])))).toThrow(
      "unit: the last axis must have a known width: got B",
    );
  });
});

describe("how parameters start", () => {
  const draw = (initial: Initial, size = 20_000): Float32Array =>
    initialise(size, { initial, random: new RandomStream(7, "test") });
  const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = (values: Float32Array): number =>
    Math.sqrt(mean(values.map((value) => value * value)) - mean(values) ** 2);

  test("a constant is everywhere the same", () => {
    expect(draw({ kind: "constant", value: 0.25 }, 3)).toEqual(Float32Array.of(0.25, 0.25, 0.25));
  });

  test("a normal of .05 has mean 0 and deviation .05 to 2 %", () => {
    const values = draw({ kind: "normal", std: 0.05 });
    expect(Math.abs(mean(values))).toBeLessThan(0.001);
    expect(deviation(values)).toBeCloseTo(0.05, 3);
  });

  test("Glorot's uniform of 30 in and 20 out stays within sqrt(6 / 50) and has the deviation sqrt(2 / 50) = .2", () => {
    const values = draw({ kind: "glorot", fanIn: 30, fanOut: 20 });
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(Math.fround(Math.sqrt(6 / 50)));
    expect(deviation(values)).toBeCloseTo(0.2, 2);
  });

  test("the same stream gives the same numbers", () => {
    expect(draw({ kind: "normal", std: 1 }, 5)).toEqual(draw({ kind: "normal", std: 1 }, 5));
  });
});

test("steps are cut by hidden units: 2 of 256 for 512, at most 32 parts, the last without an end; one part where nothing is said", () => {
  const builder = new Builder({ training: false, history: "one", inParts: { longest: 50, units: 512 } });
  const parts = builder.stepParts(256);
  expect(parts).toHaveLength(25);
  expect(parts.slice(0, 2)).toEqual([
    { start: 0, end: 2 },
    { start: 2, end: 4 },
  ]);
  expect(parts.at(-1)).toEqual({ start: 48, end: null });
  expect(builder.stepParts(64)).toHaveLength(7);
  expect(builder.stepParts(10_000)).toHaveLength(25);
  expect(new Builder({ training: false }).stepParts(256)).toEqual([{ start: 0, end: null }]);
});
