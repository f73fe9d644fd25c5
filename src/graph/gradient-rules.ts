import {
  add,
  axisSize,
  div,
  expandLike,
  gather,
  matmul,
  mul,
  neg,
  pad,
  part,
  reduceSum,
  reshape,
  reshapeLike,
  scatterAdd,
  sigmoid,
  slice,
  step,
  sub,
  transpose,
  unsqueeze,
} from "./ops.js";
import { partOf } from "./parts.js";
import { normalAxis, type Shape } from "./shape.js";
import type { OpAttributes, OpName, Tensor } from "./tensor.js";

/** Gradients of one node's inputs from the gradient `g` of its output `y`; null where none flows. */
type GradientRule<K extends OpName> = (node: {
  y: Tensor;
  g: Tensor;
  inputs: readonly Tensor[];
  attributes: OpAttributes[K];
}) => (Tensor | null)[];

const none = ({ inputs }: { inputs: readonly Tensor[] }): null[] => inputs.map(() => null);

/** Sums a gradient over the axes along which its operand was stretched. */
export function sumTo(g: Tensor, shape: Shape): Tensor {
  const extra = g.shape.length - shape.length;
  const stretched = shape.flatMap((dim, axis) => (dim === 1 && g.shape[axis + extra] !== 1 ? [axis + extra] : []));
  const kept = stretched.length === 0 ? g : reduceSum(g, { axes: stretched, keepDims: true });
  return reduceSum(kept, { axes: Array.from({ length: extra }, (_, axis) => axis) });
}

/** Spreads the gradient of a reduction over the reduced axes again. */
function spread(g: Tensor, x: Tensor, { axes, keepDims }: OpAttributes["reduceSum"]): Tensor {
  if (keepDims) return expandLike(g, x);
  const sorted = axes.map((axis) => normalAxis(axis, x.shape.length)).sort((a, b) => a - b);
  return expandLike(
    sorted.reduce((wide, axis) => unsqueeze(wide, axis), g),
    x,
  );
}

/** [..., n] -> [rows, n]; null where n is a letter. */
function flatten(x: Tensor): Tensor | null {
  const width = x.shape.at(-1)!;
  if (x.shape.length === 2) return x;
  return typeof width === "number" ? reshape(x, ["rest", width]) : null;
}

/** The way back of a reshape; by the other's shape where several letters would have to be found. */
function reshapeBack(g: Tensor, x: Tensor, to: OpAttributes["reshape"]["to"]): Tensor {
  const target = x.shape.map((dim, axis) => (to[axis] === "copy" ? "copy" : typeof dim === "number" ? dim : "rest"));
  return target.filter((dim) => dim === "rest").length > 1 ? reshapeLike(g, x) : reshape(g, target);
}

/** The chain rule, one row per op, its derivative above it. Shapes are those of the forward op. */
export const GRADIENT_RULES: { [K in OpName]: GradientRule<K> } = {
  input: none,
  constant: none,
  // d(a + b) = da + db
  add: ({ g, inputs: [a, b] }) => [sumTo(g, a!.shape), sumTo(g, b!.shape)],
  // d(a - b) = da - db
  sub: ({ g, inputs: [a, b] }) => [sumTo(g, a!.shape), neg(sumTo(g, b!.shape))],
  // d(a b) = b da + a db
  mul: ({ g, inputs: [a, b] }) => [sumTo(mul(g, b!), a!.shape), sumTo(mul(g, a!), b!.shape)],
  // d(a / b) = da / b - (a / b) db / b
  div: ({ y, g, inputs: [a, b] }) => {
    const scaled = div(g, b!);
    return [sumTo(scaled, a!.shape), neg(sumTo(mul(scaled, y), b!.shape))];
  },
  // d(-x) = -dx
  neg: ({ g }) => [neg(g)],
  // d|x| = sign(x) dx
  abs: ({ g, inputs: [x] }) => [mul(g, sub(step(x!), step(neg(x!))))],
  floor: none,
  less: none,
  step: none,
  axisSize: none,
  // d relu(x) = [x > 0] dx = [y > 0] dx: x is read by nothing later, so y can be written over it
  relu: ({ y, g }) => [mul(g, step(y))],
  // d sigmoid(x) = y (1 - y) dx
  sigmoid: ({ y, g }) => [mul(g, mul(y, sub(1, y)))],
  // d tanh(x) = (1 - y^2) dx
  tanh: ({ y, g }) => [mul(g, sub(1, mul(y, y)))],
  // d exp(x) = y dx
  exp: ({ y, g }) => [mul(g, y)],
  // d log(x) = dx / x
  log: ({ g, inputs: [x] }) => [div(g, x!)],
  // d sqrt(x) = dx / (2 y)
  sqrt: ({ y, g }) => [div(g, mul(2, y))],
  // d log(1 + e^x) = sigmoid(x) dx
  softplus: ({ g, inputs: [x] }) => [mul(g, sigmoid(x!))],
  stopGradient: none,
  // d(A B) = dA B + A dB, so gA = g B^T and gB = A^T g, summed over broadcast matrices
  matmul: ({ g, inputs: [a, b], attributes: { transposeA, transposeB } }) => {
    const gA = transposeA
      ? matmul(b!, g, { transposeA: transposeB, transposeB: true })
      : matmul(g, b!, { transposeB: !transposeB });
    // A weight matrix meets all rows of A in one product, whatever A's rank.
    const shared = b!.shape.length === 2 && !transposeA;
    const [rowsOfA, rowsOfG] = shared ? [flatten(a!), flatten(g)] : [null, null];
    const [left, right] = rowsOfA && rowsOfG ? [rowsOfA, rowsOfG] : [a!, g];
    const gB = transposeB
      ? matmul(right, left, { transposeA: true, transposeB: transposeA })
      : matmul(left, right, { transposeA: !transposeA });
    return [sumTo(gA, a!.shape), sumTo(gB, b!.shape)];
  },
  // d(A B + C) = dA B + A dB + dC
  gemm: ({ g, inputs: [a, b, c] }) => [
    matmul(g, b!, { transposeB: true }),
    matmul(a!, g, { transposeA: true }),
    sumTo(g, c!.shape),
  ],
  // d softmax(x) = y (dx - sum(y dx))
  softmax: ({ y, g, attributes: { axis } }) => {
    const weighted = mul(g, y);
    return [sub(weighted, mul(y, reduceSum(weighted, { axes: [axis], keepDims: true })))];
  },
  // d sum(x) = sum(dx)
  reduceSum: ({ g, inputs: [x], attributes }) => [spread(g, x!, attributes)],
  // d mean(x) = sum(dx) / n
  reduceMean: ({ g, inputs: [x], attributes }) => [spread(div(g, axisSize(x!, attributes.axes)), x!, attributes)],
  reduceMax: none,
  // y[i] = x[index[i]], so gx[n] = sum of g[i] over index[i] = n
  gather: ({ g, inputs: [data, indices] }) => [scatterAdd(indices!, g, data!.shape), null],
  // y[n] = sum of x[i] over index[i] = n, so gx[i] = g[index[i]]
  scatterAdd: ({ g, inputs: [indices] }) => [null, gather(g, indices!)],
  oneHot: none,
  // d[a, b] = [da, db]
  concat: ({ g, inputs, attributes: { axis } }) => {
    let start = 0;
    return inputs.map(({ shape }) => {
      const range = partOf(shape.at(axis)!);
      if (range) return part(g, { axis, ...range });
      const size = Number(shape.at(axis));
      start += size;
      return slice(g, { axis, start: start - size, end: start });
    });
  },
  // the part of x that was not read has gradient 0
  slice: ({ g, inputs: [x], attributes: { axis, start, end } }) => [
    pad(g, { axis, before: start, after: Number(x!.shape.at(axis)) - end }),
  ],
  part: none,
  pad: ({ g, inputs: [x], attributes: { axis, before } }) => [
    slice(g, { axis, start: before, end: before + Number(x!.shape.at(axis)) }),
  ],
  reshape: ({ g, inputs: [x], attributes: { to } }) => [reshapeBack(g, x!, to)],
  unsqueeze: ({ y, g, inputs: [x], attributes: { axis } }) => [
    reshapeBack(g, x!, new Array<"copy">(normalAxis(axis, y.shape.length)).fill("copy")),
  ],
  reshapeLike: ({ g, inputs: [x] }) => [reshapeLike(g, x!), null],
  // stretched axes are summed back
  expandLike: ({ g, inputs: [x] }) => [sumTo(g, x!.shape), null],
  transpose: ({ g, attributes: { permutation } }) => {
    const back = new Array<number>(permutation.length);
    permutation.forEach((axis, i) => {
      back[axis] = i;
    });
    return [transpose(g, back)];
  },
  cast: none,
};

/** Sum of the gradients that reach one tensor along several paths. */
export function accumulate(parts: readonly Tensor[]): Tensor {
  return parts.slice(1).reduce((sum, part) => add(sum, part), parts[0]!);
}
