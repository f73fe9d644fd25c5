import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.js";
import { checkNames, emitGraph, emitNodes } from "../../src/graph/onnx/emit.js";
import { encodeModel } from "../../src/graph/onnx/model-proto.js";
import { add, constant, gather, input, matmul, mul, reduceSum, relu, scatterAdd, sub } from "../../src/graph/ops.js";
import { onnxRuntime } from "../../src/runtime/onnxruntime.js";
import { evaluate, floats, ints, resultOf } from "./evaluate.js";

const x = input("x", ["B", 2]);

test("an emitted model loads in ONNX Runtime, with its inputs, outputs and shapes under their names", async () => {
  const graph = emitGraph({ y: relu(x), sum: reduceSum(x) });
  const session = await onnxRuntime().InferenceSession.create(graph.bytes, { logSeverityLevel: 3 });
  expect(session.inputNames).toEqual(["x"]);
  expect(session.outputNames).toEqual(["y", "sum"]);
  expect(session.inputMetadata).toMatchObject([{ name: "x", type: "float32", shape: ["B", 2] }]);
  expect(session.outputMetadata).toMatchObject([
    { name: "y", shape: ["B", 2] },
    { name: "sum", shape: [] },
  ]);
  await session.release();
  expect(graph.inputs).toEqual([{ name: "x", shape: ["B", 2], dtype: "float32" }]);
});

test("the same graph is the same bytes, built anew", () => {
  const build = (): Uint8Array => {
    const [a, w] = [input("a", ["B", 3]), input("w", [3, 3])];
    const loss = reduceSum(relu(matmul(a, w)));
    return emitGraph({ loss, gradient: gradients(loss, [w])[0]! }).bytes;
  };
  expect(Buffer.from(build()).equals(Buffer.from(build()))).toBe(true);
});

describe("outputs", () => {
  test("an input, a constant and one tensor under two names can all be outputs", async () => {
    const y = relu(x);
    const out = await evaluate({ y, again: y, same: x, fixed: constant(3) }, { x: floats([1, 2], [-1, 2]) });
    expect(out).toEqual({ y: [0, 2], again: [0, 2], same: [-1, 2], fixed: [3] });
  });

  test("an output that feeds another one keeps its name", async () => {
    const y = relu(x);
    const out = await evaluate({ sum: reduceSum(y), y }, { x: floats([1, 2], [-1, 2]) });
    expect(out).toEqual({ sum: [2], y: [0, 2] });
  });

  test("only what the outputs need is written: an input that none reads is not asked for", () => {
    const unread = add(x, input("unread", [2]));
    expect(unread.shape).toEqual(["B", 2]);
    expect(emitGraph({ y: relu(x) }).inputs.map(({ name }) => name)).toEqual(["x"]);
  });
});

describe("names", () => {
  test("values in between avoid the names of inputs and outputs: t0, t1 and t2 are the user's", async () => {
    const [t0, t1] = [input("t0", []), input("t1", [])];
    const y = mul(add(t0, t1), sub(t0, t1));
    expect(await evaluate({ t2: mul(y, 2) }, { t0: floats([], [3]), t1: floats([], [1]) })).toEqual({ t2: [16] });
  });

  test("one name for two inputs of one shape is one input", async () => {
    const y = add(input("a", [2]), input("a", [2]));
    expect(await resultOf(y, { a: floats([2], [1, 2]) })).toEqual([2, 4]);
  });

  test("one name for two inputs of different shapes is refused", () => {
    expect(() => emitGraph({ y: add(input("a", [2]), input("a", [1])) })).toThrow(
      "input a is declared twice: expected float32 [2], got float32 [1]",
    );
  });

  test("one name for an input and an output is refused", () => {
    expect(() => emitGraph({ x: relu(x) })).toThrow("x names an input and an output");
  });

  test("all names of a graph are known before it is written", () => {
    expect([...checkNames([x], { y: x })]).toEqual(["x", "y"]);
  });
});

test("equal small constants are written once, large ones as they come", () => {
  const once = emitGraph({ y: add(mul(x, 0.5), 0.5) }).bytes.length;
  const twice = emitGraph({ y: add(mul(x, 0.5), 0.25) }).bytes.length;
  expect(twice - once).toBeGreaterThan(10);
});

test("the rows of a scatter-add are a size that is fed: a letter, a product, or a number", async () => {
  const indices = input("i", ["B"], { dtype: "int32" });
  const named = (rows: (string | number)[]): string[] =>
    emitGraph({ y: scatterAdd(indices, input("g", ["B", ...rows.slice(1)]), rows) }).inputs.map(({ name }) => name);
  expect(named(["U", 2])).toEqual(["i", "g", "size:U"]);
  expect(named(["2*U", "T"])).toEqual(["i", "g", "size:2*U", "size:T"]);
  expect(named([5, 2])).toEqual(["i", "g"]);
});

test("a product of turned stacks of matrices is one op of ONNX Runtime's own, or two of the standard, and the same numbers", async () => {
  const a = input("a", ["B", 2, 3]);
  const b = input("b", ["B", 2, 3]);
  const y = matmul(a, b, { transposeB: true });
  const ops = (standard: boolean): string[] => emitNodes({ y }, { standard }).nodes.map(({ opType }) => opType);
  expect([ops(false), ops(true)]).toEqual([["FusedMatMul"], ["Transpose", "MatMul"]]);
  expect(emitNodes({ y }, { standard: true }).nodes[0]?.attributes).toEqual({ perm: [0, 2, 1] });
  const session = await onnxRuntime().InferenceSession.create(encodeModel(emitNodes({ y }, { standard: true })));
  const { Tensor } = onnxRuntime();
  const values = Float32Array.of(1, 2, 3, 4, 5, 6);
  const out = await session.run({
    a: new Tensor("float32", values, [1, 2, 3]),
    b: new Tensor("float32", values, [1, 2, 3]),
  });
  expect([...(out.y!.data as Float32Array)]).toEqual([14, 32, 32, 77]);
  await session.release();
});

test("a cut graph starts from what is computed elsewhere", async () => {
  const middle = relu(x);
  const graph = emitGraph({ y: mul(middle, 2) }, { cut: new Map([[middle, "cut:0"]]) });
  expect(graph.inputs).toEqual([{ name: "cut:0", shape: ["B", 2], dtype: "float32" }]);
});

test("an int32 constant can be indexed by", async () => {
  const y = gather(input("table", ["U", 2]), constant(Int32Array.of(1, 1, 0)));
  expect(await resultOf(y, { table: floats([2, 2], [1, 2, 3, 4]) })).toEqual([3, 4, 3, 4, 1, 2]);
  expect(ints([1], [2]).data).toEqual(Int32Array.of(2));
});
