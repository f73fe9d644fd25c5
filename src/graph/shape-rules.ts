import { MmdinError } from "../errors.js";
import { partName, wholeOf } from "./parts.js";
import {
  broadcastShapes,
  type Dim,
  type DType,
  factorsOf,
  formatShape,
  normalAxis,
  productOf,
  type Shape,
  sameShape,
} from "./shape.js";
import type { OpAttributes, OpName, Tensor } from "./tensor.js";

interface Inferred {
  shape: Shape;
  dtype: DType;
}
type ShapeRule<K extends OpName> = (inputs: readonly Tensor[], attributes: OpAttributes[K]) => Inferred;

const float = (shape: Shape): Inferred => ({ shape, dtype: "float32" });
const unary = ([x]: readonly Tensor[]): Inferred => float(ofType(x!, "float32").shape);
const binary = ([a, b]: readonly Tensor[]): Inferred =>
  float(broadcastShapes(ofType(a!, "float32").shape, ofType(b!, "float32").shape));

function ofType(x: Tensor, dtype: DType): Tensor {
  if (x.dtype !== dtype) fail("a tensor of another type", dtype, `${x.dtype} ${formatShape(x.shape)}`);
  return x;
}

function fail(problem: string, expected: string, got: string): never {
  throw new MmdinError("SHAPE", problem, { expected, got });
}

function reduced([x]: readonly Tensor[], { axes, keepDims }: OpAttributes["reduceSum"]): Inferred {
  const gone = new Set(axes.map((axis) => normalAxis(axis, ofType(x!, "float32").shape.length)));
  if (gone.size < axes.length) fail("an axis is named twice", "each axis once", formatShape(axes));
  const shape = keepDims
    ? x!.shape.map((dim, axis) => (gone.has(axis) ? 1 : dim))
    : x!.shape.filter((_, axis) => !gone.has(axis));
  return float(shape);
}

/** Shape and type of every op's result; throws a SHAPE error where the inputs do not fit. */
export const SHAPE_RULES: { [K in OpName]: ShapeRule<K> } = {
  input: (_, { shape, dtype }) => ({ shape, dtype }),
  constant: (_, { data, shape }) => ({ shape, dtype: data instanceof Float32Array ? "float32" : "int32" }),
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  less: binary,
  neg: unary,
  abs: unary,
  floor: unary,
  relu: unary,
  sigmoid: unary,
  tanh: unary,
  exp: unary,
  log: unary,
  sqrt: unary,
  softplus: unary,
  step: unary,
  axisSize: ([x], { axes }) => {
    for (const axis of axes) normalAxis(axis, x!.shape.length);
    return float([]);
  },
  stopGradient: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  matmul: ([a, b], { transposeA, transposeB }) => {
    const left = ofType(a!, "float32").shape;
    const right = ofType(b!, "float32").shape;
    if (left.length < 2 || right.length < 2) {
      fail(
        "a matrix product takes tensors of rank 2 or more",
        "[..., m, k] and [..., k, n]",
        `${formatShape(left)} and ${formatShape(right)}`,
      );
    }
    const [m, k] = transposeA ? [left.at(-1)!, left.at(-2)!] : [left.at(-2)!, left.at(-1)!];
    const [k2, n] = transposeB ? [right.at(-1)!, right.at(-2)!] : [right.at(-2)!, right.at(-1)!];
    if (k !== k2)
      fail(
        "inner dimensions differ",
        `[..., m, k] and [..., k, n] of one k`,
        `k = ${k} of ${formatShape(left)} and k = ${k2} of ${formatShape(right)}`,
      );
    return float([...broadcastShapes(left.slice(0, -2), right.slice(0, -2)), m, n]);
  },
  gemm: ([a, b, c]) => {
    const { shape } = SHAPE_RULES.matmul([a!, b!], { transposeA: false, transposeB: false });
    if (shape.length !== 2 || a!.shape.length !== 2)
      fail("gemm takes matrices", "[m, k] and [k, n]", `${formatShape(a!.shape)} and ${formatShape(b!.shape)}`);
    if (!sameShape(broadcastShapes(ofType(c!, "float32").shape, shape), shape))
      fail("what is added is larger than the product", formatShape(shape), formatShape(c!.shape));
    return float(shape);
  },
  softmax: ([x], { axis }) => {
    normalAxis(axis, x!.shape.length);
    return unary([x!]);
  },
  reduceSum: reduced,
  reduceMean: reduced,
  reduceMax: reduced,
  gather: ([data, indices]) => {
    ofType(indices!, "int32");
    if (data!.shape.length === 0) fail("a scalar has no rows", "[N, ...]", "[]");
    return { shape: [...indices!.shape, ...data!.shape.slice(1)], dtype: data!.dtype };
  },
  scatterAdd: ([indices, updates], { rows }) => {
    if (rows.length === 0) fail("a scalar has no rows", "[N, ...]", "[]");
    const expected = [...ofType(indices!, "int32").shape, ...rows.slice(1)];
    if (!sameShape(ofType(updates!, "float32").shape, expected))
      fail("updates do not fit the indices", formatShape(expected), formatShape(updates!.shape));
    return float(rows);
  },
  oneHot: ([indices], { depth }) => float([...ofType(indices!, "int32").shape, depth]),
  concat: (inputs, { axis }) => {
    const first = inputs[0] ?? fail("nothing to join", "one tensor or more", "none");
    const along = normalAxis(axis, first.shape.length);
    const sizes: Dim[] = [];
    for (const part of inputs) {
      const { shape } = ofType(part, first.dtype);
      if (shape.length !== first.shape.length || !shape.every((dim, i) => i === along || dim === first.shape[i])) {
        fail(`tensors differ outside axis ${along}`, formatShape(first.shape), formatShape(shape));
      }
      sizes.push(shape[along]!);
    }
    const known = sizes.every((size) => typeof size === "number");
    const total = known ? sizes.reduce<number>((sum, size) => sum + Number(size), 0) : wholeOf(sizes);
    if (total === null)
      fail("the joined axis must be of known sizes", "numbers, or all parts of one letter", sizes.join(", "));
    return { shape: first.shape.map((dim, i) => (i === along ? total : dim)), dtype: first.dtype };
  },
  slice: ([x], { axis, start, end }) => {
    const along = normalAxis(axis, x!.shape.length);
    const size = x!.shape[along]!;
    if (typeof size !== "number" || start < 0 || end > size || start >= end) {
      fail(
        `no such part of axis ${along}`,
        `0 <= start < end <= ${size}`,
        `${start} to ${end} of ${formatShape(x!.shape)}`,
      );
    }
    return { shape: x!.shape.map((dim, i) => (i === along ? end - start : dim)), dtype: x!.dtype };
  },
  part: ([x], { axis, start, end }) => {
    const along = normalAxis(axis, x!.shape.length);
    const size = x!.shape[along]!;
    if (typeof size === "number" || start < 0 || (end !== null && start >= end)) {
      fail(
        `no such part of axis ${along}`,
        "a letter, and 0 <= start < end",
        `${start} to ${end} of ${formatShape(x!.shape)}`,
      );
    }
    return { shape: x!.shape.map((dim, i) => (i === along ? partName(size, { start, end }) : dim)), dtype: x!.dtype };
  },
  pad: ([x], { axis, before, after }) => {
    const along = normalAxis(axis, x!.shape.length);
    const size = x!.shape[along]!;
    if (typeof size !== "number" || before < 0 || after < 0) {
      fail(
        "only an axis of known size can be padded, by 0 or more",
        "numbers",
        `${before} before and ${after} after axis ${along} of ${formatShape(x!.shape)}`,
      );
    }
    return { shape: x!.shape.map((dim, i) => (i === along ? size + before + after : dim)), dtype: x!.dtype };
  },
  reshape: ([x], { to }) => {
    const from = x!.shape;
    const misfit = (): never => fail("sizes do not match", `the elements of ${formatShape(from)}`, formatShape(to));
    if (to.filter((dim) => dim === "rest").length > 1) fail("two axes are open", `at most one "rest"`, formatShape(to));
    if (to.some((dim, axis) => dim === "copy" && axis >= from.length)) misfit();
    const copied = new Set(to.flatMap((dim, axis) => (dim === "copy" ? [axis] : [])));
    const left = from.filter((_, axis) => !copied.has(axis));
    const known = to
      .filter((dim) => typeof dim === "number")
      .reduce<number>((product, dim) => product * Number(dim), 1);
    let rest: Dim = 1;
    if (to.includes("rest")) {
      const { factor, letters } = factorsOf(left);
      rest = factor % known === 0 ? productOf([factor / known, ...letters]) : misfit();
    } else if (productOf(left) !== known) misfit();
    return {
      shape: to.map((dim, axis) => (dim === "copy" ? from[axis]! : dim === "rest" ? rest : dim)),
      dtype: x!.dtype,
    };
  },
  unsqueeze: ([x], { axis }) => {
    const at = normalAxis(axis, x!.shape.length + 1);
    return { shape: [...x!.shape.slice(0, at), 1, ...x!.shape.slice(at)], dtype: x!.dtype };
  },
  reshapeLike: ([x, like]) => {
    if (productOf(x!.shape) !== productOf(like!.shape))
      fail("sizes do not match", `the elements of ${formatShape(like!.shape)}`, formatShape(x!.shape));
    return { shape: like!.shape, dtype: x!.dtype };
  },
  expandLike: ([x, like]) => {
    const wide = broadcastShapes(x!.shape, like!.shape);
    if (!sameShape(wide, like!.shape)) fail("cannot be stretched", formatShape(like!.shape), formatShape(x!.shape));
    return { shape: like!.shape, dtype: x!.dtype };
  },
  transpose: ([x], { permutation }) => {
    const sorted = [...permutation].sort((a, b) => a - b);
    if (permutation.length !== x!.shape.length || sorted.some((axis, i) => axis !== i)) {
      fail("not a permutation of the axes", `each of 0..${x!.shape.length - 1} once`, formatShape(permutation));
    }
    return { shape: permutation.map((axis) => x!.shape[axis]!), dtype: x!.dtype };
  },
  cast: ([x], { to }) => ({ shape: x!.shape, dtype: to }),
};
