import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.js";
import {
  abs,
  add,
  axisSize,
  cast,
  concat,
  constant,
  div,
  exp,
  expandLike,
  floor,
  gather,
  gemm,
  input,
  less,
  log,
  matmul,
  mul,
  neg,
  oneHot,
  pad,
  part,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  reshapeLike,
  scatterAdd,
  sigmoid,
  slice,
  softmax,
  softplus,
  sqrt,
  step,
  stopGradient,
  sub,
  tanh,
  transpose,
  unsqueeze,
} from "../../src/graph/ops.js";
import { resolveShape, type Shape, sizeOf } from "../../src/graph/shape.js";
import { SHAPE_RULES } from "../../src/graph/shape-rules.js";
import { type OpName, type Tensor, topological } from "../../src/graph/tensor.js";
import { Executor, type Value } from "../../src/runtime/executor.js";
import { floats, ints, largestGap, spread } from "./evaluate.js";

const LETTERS = { B: 3, T: 2, U: 4, D: 5 };

interface Operand {
  shape: Shape;
  /** Default: |x| between .3 and 1.3, of either sign. */
  values?: "positive" | readonly number[];
  /** Indices are fed as integers and have no gradient. */
  integer?: boolean;
}

interface Case {
  title: string;
  operands: readonly (Operand | Shape)[];
  build: (...operands: Tensor[]) => Tensor;
  /** The rule gives zeros by design, whatever the differences say. */
  flat?: boolean;
}

const on = (title: string, operands: Case["operands"], build: Case["build"], rest: { flat?: boolean } = {}): Case => ({
  title,
  operands,
  build,
  ...rest,
});

const positive = (...shape: Shape): Operand => ({ shape, values: "positive" });
const indices = (shape: Shape, values: readonly number[]): Operand => ({ shape, values, integer: true });

/** Every way in which two operands can meet. */
const PAIRS: [string, Shape, Shape][] = [
  ["of one shape", [2, 3], [2, 3]],
  ["right stretched over rows", [2, 3], [3]],
  ["left stretched over rows", [3], [2, 3]],
  ["both stretched", [2, 1, 3], [4, 1]],
  ["middle axis of the right stretched", [2, 3, 2], [2, 1, 2]],
  ["middle axis of the left stretched", [2, 1, 2], [2, 3, 2]],
  ["a scalar on the left", [], [2, 2]],
  ["a scalar on the right", [2, 2], []],
  ["two scalars", [], []],
  ["letters with a bias", ["B", "T", 4], [4]],
  ["letters, one step per row", ["B", "T", 2], ["B", 1, 2]],
  ["letters, a letter against 1", [1, "T"], ["B", 1]],
];
const pairs = (build: (a: Tensor, b: Tensor) => Tensor): Case[] => [
  ...PAIRS.map(([title, a, b]) => on(title, [a, b], build as Case["build"])),
  on("with a constant", [["B", 2]], (x) => add(build(x!, constant(2.5)), build(constant(-1.5), x!))),
];
const unary = (build: (x: Tensor) => Tensor, operand: Operand | Shape = ["B", 5]): Case[] => [
  on("elementwise", [operand], build as Case["build"]),
];

const TRANSPOSES = [
  { transposeA: false, transposeB: false },
  { transposeA: true, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: true },
];
/** Leading axes of both operands, and the inner letters. */
const PRODUCTS: [string, Shape, Shape, Shape][] = [
  ["2-D x 2-D", [], [], [2, 3, 4]],
  ["3-D x 2-D", [2], [], [2, 3, 4]],
  ["2-D x 3-D", [], [2], [2, 3, 4]],
  ["3-D x 3-D", [2], [2], [3, 2, 2]],
  ["3-D x 3-D, one batch stretched", [1], [3], [2, 3, 2]],
  ["4-D x 3-D", [2, 2], [2], [2, 3, 2]],
  ["4-D x 4-D, both batches stretched", [2, 1], [1, 3], [2, 2, 2]],
  ["4-D x 2-D", [2, 2], [], [2, 3, 2]],
  ["letters, rows by a weight", ["B"], [], ["T", 3, 2]],
  ["letters, a weight per row", ["B"], ["B"], ["T", 3, 2]],
  ["letters inside", ["B"], [], [2, "U", 3]],
  ["letters all over", ["B"], [], ["T", "U", "D"]],
  ["2-D of letters", [], [], ["B", 3, "U"]],
];
const matmulCases = PRODUCTS.flatMap(([title, left, right, [m, k, n]]) =>
  TRANSPOSES.map(({ transposeA, transposeB }) =>
    on(
      `${title}${transposeA ? ", A transposed" : ""}${transposeB ? ", B transposed" : ""}`,
      [
        [...left, ...(transposeA ? [k!, m!] : [m!, k!])],
        [...right, ...(transposeB ? [n!, k!] : [k!, n!])],
      ],
      (a, b) => matmul(a!, b!, { transposeA, transposeB }),
    ),
  ),
);

type Reduce = (x: Tensor, options: { axes?: readonly number[]; keepDims?: boolean }) => Tensor;
const reductions = (reduce: Reduce, rest: { flat?: boolean } = {}): Case[] =>
  [false, true].flatMap((keepDims) => [
    on(`all axes, keepDims ${keepDims}`, [[2, 3, 2]], (x) => reduce(x!, { keepDims }), rest),
    on(`first axis, keepDims ${keepDims}`, [[3, 2, 2]], (x) => reduce(x!, { axes: [0], keepDims }), rest),
    on(`last axis, keepDims ${keepDims}`, [["B", 3]], (x) => reduce(x!, { axes: [-1], keepDims }), rest),
    on(`outer axes, keepDims ${keepDims}`, [["B", 3, 2]], (x) => reduce(x!, { axes: [2, 0], keepDims }), rest),
    on(`negative axes, keepDims ${keepDims}`, [["B", "T", 2]], (x) => reduce(x!, { axes: [-2, -1], keepDims }), rest),
    on(`before two letters, keepDims ${keepDims}`, [[2, "B", "T"]], (x) => reduce(x!, { axes: [0], keepDims }), rest),
    on(`between letters, keepDims ${keepDims}`, [["B", "T", "U"]], (x) => reduce(x!, { axes: [1], keepDims }), rest),
  ]);

/** Cases of every op; the type leaves none out. */
const CASES: { [K in OpName]: readonly Case[] } = {
  input: [on("itself", [["B", 2]], (x) => x!), on("a scalar", [[]], (x) => x!)],
  constant: [on("as a factor", [[3]], (x) => mul(x!, constant(Float32Array.of(0.5, -2, 3))))],
  add: pairs(add),
  sub: pairs(sub),
  mul: pairs(mul),
  div: pairs(div),
  less: [
    on(
      "left and right",
      [
        { shape: [2, 3], values: [1, 2, 3, -1, 0, 5] },
        { shape: [3], values: [2, 1, 4] },
      ],
      (a, b) => less(a!, b!),
    ),
  ],
  neg: unary(neg),
  abs: unary(abs),
  floor: unary(floor, { shape: [6], values: [-2.5, -0.5, 0.5, 0.25, 1.75, 100.5] }),
  relu: unary(relu),
  sigmoid: unary(sigmoid),
  tanh: unary(tanh),
  exp: unary(exp),
  log: unary(log, positive("B", 5)),
  sqrt: unary(sqrt, positive("B", 5)),
  softplus: unary(softplus),
  step: unary(step),
  stopGradient: [on("alone", [["B", 2]], (x) => stopGradient(mul(x!, x!)), { flat: true })],
  axisSize: [on("as a divisor", [["B", "T", 2]], (x) => div(x!, axisSize(x!, [-1, 0])))],
  matmul: matmulCases,
  softmax: [
    on("last axis", [["B", 4]], (x) => softmax(x!)),
    on("middle axis", [["B", "T", 2]], (x) => softmax(x!, 1)),
    on("first axis", [[3, 2]], (x) => softmax(x!, 0)),
    on("axis -2", [["B", 3, 2]], (x) => softmax(x!, -2)),
  ],
  reduceSum: reductions(reduceSum),
  reduceMean: reductions(reduceMean),
  reduceMax: reductions(reduceMax, { flat: true }),
  gather: [
    on("repeated rows", [[4, 3], indices([2, 3], [0, 2, 2, 2, 3, 0])], (x, i) => gather(x!, i!)),
    on("one number per row", [[4], indices([5], [1, 1, 1, 3, 0])], (x, i) => gather(x!, i!)),
    on("rows of matrices", [[3, 2, 2], indices([4], [2, 0, 0, 2])], (x, i) => gather(x!, i!)),
    on("rows of a letter", [["U", 3], indices(["B", "T"], [3, 3, 0, 1, 3, 0])], (x, i) => gather(x!, i!)),
    on("rows of two letters", [["B", "T", 2], indices(["U"], [5, 0, 0, 4])], (x, i) =>
      gather(reshape(x!, ["rest", 2]), i!),
    ),
    on("a letter behind the rows", [[3, "T", 2], indices([4], [2, 0, 0, 2])], (x, i) => gather(x!, i!)),
    on("a scalar index", [[3, 2], indices([], [1])], (x, i) => gather(x!, i!)),
    on("computed indices", [["U", 2], { shape: ["B"], values: [-2, 0.5, 3] }], (x, v) =>
      gather(x!, cast(floor(mul(sigmoid(v!), 4)), "int32")),
    ),
  ],
  scatterAdd: [
    on("repeated rows", [indices([5], [0, 2, 2, 2, 0]), [5, 3]], (i, x) => scatterAdd(i!, x!, [4, 3])),
    on("one number per row", [indices([5], [1, 1, 3, 3, 3]), [5]], (i, x) => scatterAdd(i!, x!, [4])),
    on("letters, indices of rank 2", [indices(["B", "T"], [3, 3, 0, 1, 3, 0]), ["B", "T", 2]], (i, x) =>
      add(scatterAdd(i!, x!, ["U", 2]), input("zeros", ["U", 1])),
    ),
    on("a letter behind the rows", [indices([3], [1, 1, 0]), [3, "T"]], (i, x) => scatterAdd(i!, x!, [2, "T"])),
  ],
  oneHot: [
    on("beside a path that learns", [[3, 4], indices([3], [1, 0, 3])], (x, i) => mul(x!, oneHot(i!, 4))),
    on("of computed indices", [[5]], (x) => oneHot(cast(floor(mul(sigmoid(x!), 2)), "int32"), 2)),
  ],
  concat: [
    on(
      "last axis",
      [
        ["B", 2],
        ["B", 1],
        ["B", 3],
      ],
      (a, b, c) => concat([a!, b!, c!]),
    ),
    on(
      "first axis",
      [
        [2, 3],
        [1, 3],
      ],
      (a, b) => concat([a!, b!], 0),
    ),
    on(
      "axis -2",
      [
        ["B", 2, 2],
        ["B", 1, 2],
      ],
      (a, b) => concat([a!, b!], -2),
    ),
    on("one tensor twice", [["B", 2]], (x) => concat([x!, x!])),
  ],
  gemm: [
    on("a sum per column", [["B", 3], [3, 4], [4]], (a, b, c) => gemm(a!, b!, c!)),
    on(
      "a sum per row",
      [
        ["B", 3],
        [3, "T"],
        ["B", 1],
      ],
      (a, b, c) => gemm(a!, b!, c!),
    ),
    on(
      "a matrix",
      [
        [2, 3],
        [3, "T"],
        [2, "T"],
      ],
      (a, b, c) => gemm(a!, b!, c!),
    ),
    on("a scalar", [["B", 2], [2, 2], []], (a, b, c) => gemm(a!, b!, c!)),
  ],
  slice: [
    on("last axis", [["B", 4]], (x) => slice(x!, { start: 1, end: 3 })),
    on("first axis, to its end", [[4, 2]], (x) => slice(x!, { axis: 0, start: 2, end: 4 })),
    on("axis -2, from its start", [["B", 3, 2]], (x) => slice(x!, { axis: -2, start: 0, end: 1 })),
  ],
  part: [
    on(
      "a letter's axis, no gradient by design",
      [["T", 2]],
      (x) => concat([part(x!, { axis: 0, start: 0, end: 1 }), part(x!, { axis: 0, start: 1, end: null })], 0),
      {
        flat: true,
      },
    ),
  ],
  pad: [
    on("first axis", [[2, 2]], (x) => pad(x!, { axis: 0, before: 1, after: 2 })),
    on("axis -1", [["B", 2]], (x) => pad(x!, { axis: -1, before: 0, after: 3 })),
  ],
  reshape: [
    on("two letters to one axis", [["B", "T", 2]], (x) => reshape(x!, ["rest", 2])),
    on("everything to one axis", [["B", 2, "T"]], (x) => reshape(x!, ["rest"])),
    on("first axis kept", [["B", 2, 3]], (x) => reshape(x!, ["copy", "rest"])),
    on("an axis split", [["B", 6]], (x) => reshape(x!, ["copy", 2, "rest"])),
    on("a letter's axis split off a number", [["B", 2, "T"]], (x) => reshape(x!, [2, "rest"])),
    on("numbers only", [[2, 6]], (x) => reshape(x!, [3, 4])),
    on("back and forth", [["B", "T", 2]], (x) => mul(reshapeLike(reshape(x!, ["rest", 2]), x!), x!)),
  ],
  unsqueeze: [
    on("in front of two letters", [["B", "T"]], (x) => unsqueeze(x!, 0)),
    on("between", [["B", "T", 2]], (x) => unsqueeze(x!, 1)),
    on("at the end", [["B", 2]], (x) => unsqueeze(x!, -1)),
    on("of a scalar", [[]], (x) => unsqueeze(x!, 0)),
  ],
  reshapeLike: [
    on(
      "by another tensor",
      [
        ["B", "T", 2],
        [2, "T", "B"],
      ],
      (x, like) => mul(reshapeLike(x!, like!), like!),
    ),
  ],
  expandLike: [
    on(
      "one row for many",
      [
        [1, 2],
        ["B", 2],
      ],
      (x, like) => mul(expandLike(x!, like!), like!),
    ),
    on("a scalar for all", [[], ["B", "T"]], (x, like) => expandLike(x!, like!)),
    on("new axes in front", [[2], ["B", "T", 2]], (x, like) => expandLike(x!, like!)),
  ],
  transpose: [
    on("of a matrix", [["B", 2]], (x) => transpose(x!, [1, 0])),
    on("a cycle of three axes", [["B", "T", 2]], (x) => transpose(x!, [2, 0, 1])),
    on("four axes", [[2, "B", 1, "T"]], (x) => transpose(x!, [3, 1, 0, 2])),
  ],
  cast: [
    on("to integers", [{ shape: [4], values: [0.5, 1.25, -0.5, 2.75] }], (x) =>
      gather(constant(Float32Array.of(1, 5, 9)), cast(abs(x!), "int32")),
    ),
  ],
};

function valuesOf({ shape, values, integer }: Operand, seed: number): Value {
  const dims = resolveShape(shape, LETTERS);
  if (integer) return ints(dims, values as readonly number[]);
  if (Array.isArray(values)) return floats(dims, values);
  const draw = spread(seed);
  return floats(dims, (i) => {
    const x = draw(i);
    const size = 0.3125 + Math.abs(x);
    return values === "positive" || x > 0 ? size : -size;
  });
}

/**
 * Compares the gradient of sum(w y), w fixed, with central differences of two step sizes joined so that their error is of
 * the fourth order (Richardson). Sums are made here in double precision; y itself is float32.
 */
async function gaps({ operands, build, flat = false }: Case): Promise<number[]> {
  const given = operands.map((operand): Operand => ("shape" in operand ? operand : { shape: operand as Shape }));
  const tensors = given.map(({ shape, integer }, i) => input(`x${i}`, shape, { dtype: integer ? "int32" : "float32" }));
  const y = build(...tensors);
  const feeds: Record<string, Value> = { zeros: floats([LETTERS.U, 1], () => 0) };
  given.forEach((operand, i) => {
    feeds[`x${i}`] = valuesOf(operand, i);
  });
  const dims = resolveShape(y.shape, LETTERS);
  feeds.weights = floats(dims, spread(99));
  const loss = reduceSum(mul(input("weights", y.shape), y));
  const wrt = tensors.filter((_, i) => !given[i]!.integer);
  const outputs: Record<string, Tensor> = { y, loss };
  gradients(loss, wrt).forEach((gradient, i) => {
    outputs[`gradient${i}`] = gradient;
    expect(gradient.shape).toEqual(wrt[i]!.shape);
  });
  const executor = await Executor.create(outputs);
  const first = await executor.run(feeds);
  const analytic = wrt.map((_, i) => Float64Array.from(first[`gradient${i}`]!.data as Float32Array));
  expect(first.y!.dims).toEqual(dims);
  await executor.close();
  if (flat) return analytic.map((gradient) => largestGap(gradient, new Float64Array(gradient.length)));
  const forward = await Executor.create({ y });
  const run = async (): Promise<Float64Array> => Float64Array.from((await forward.run(feeds)).y!.data as Float32Array);
  const weights = feeds.weights.data as Float32Array;
  const found: number[] = [];
  for (const [i, tensor] of wrt.entries()) {
    const { data } = feeds[`x${tensors.indexOf(tensor as Tensor<"input">)}`] as { data: Float32Array };
    const numeric = new Float64Array(sizeOf(resolveShape(tensor.shape, LETTERS)));
    for (let n = 0; n < numeric.length; n++) {
      const at = data[n]!;
      const slope = async (h: number): Promise<number> => {
        data[n] = at + h;
        const above = await run();
        data[n] = at - h;
        const below = await run();
        data[n] = at;
        return above.reduce((sum, value, j) => sum + (weights[j]! * (value - below[j]!)) / (2 * h), 0);
      };
      numeric[n] = (4 * (await slope(2 ** -6)) - (await slope(2 ** -5))) / 3;
    }
    found.push(largestGap(analytic[i]!, numeric));
  }
  await forward.close();
  return found;
}

describe("the gradient of every op equals central differences to 2e-4", () => {
  const names = Object.keys(SHAPE_RULES) as OpName[];
  test.each(names)("%s", async (op) => {
    expect(CASES[op]?.length ?? 0, `${op} has no case`).toBeGreaterThan(0);
    for (const one of CASES[op]) {
      const tensors = one.operands.map((operand, i) => {
        const { shape, integer } = "shape" in operand ? operand : { shape: operand as Shape };
        return input(`x${i}`, shape, { dtype: integer ? "int32" : "float32" });
      });
      expect(
        topological([one.build(...tensors)]).map((node) => node.op),
        one.title,
      ).toContain(op);
      let found: number[];
      try {
        found = await gaps(one);
      } catch (error) {
        throw new Error(`${op}, ${one.title}`, { cause: error });
      }
      for (const gap of found) expect(gap, `${op}, ${one.title}`).toBeLessThan(one.flat ? 1e-30 : 2e-4);
    }
  });
});
