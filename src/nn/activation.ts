import {
  add,
  div,
  matmul,
  mul,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  type Shape,
  sigmoid,
  sqrt,
  step,
  sub,
  type Tensor,
  tanh,
} from "../graph/index.js";
import { type Builder, widthOf } from "./builder.js";

export type Activation = "prelu" | "dice" | "relu" | "sigmoid" | "tanh";

export interface ActivationOptions {
  name: string;
  kind: Activation;
  /** [B, T]: 1 at real positions. Dice takes its mean and variance over them alone. */
  mask?: Tensor;
}

/** Where a vector of one value per unit meets the units of x; default along the last axis. */
export type Placement = (perUnit: Tensor) => Tensor;
const alongLast: Placement = (perUnit) => perUnit;

/** Applies an activation to x [..., n]; PReLU and Dice have n learned slopes. */
export function activation(builder: Builder, x: Tensor, options: ActivationOptions): Tensor {
  return activationOf(builder, { ...options, width: widthOf(x) })(x);
}

/** The same for several tensors: its weights are declared here, once. */
export function activationOf(
  builder: Builder,
  { name, kind, mask, width }: ActivationOptions & { width: number },
): (x: Tensor, placed?: Placement) => Tensor {
  switch (kind) {
    case "relu":
      return (x) => relu(x);
    case "sigmoid":
      return (x) => sigmoid(x);
    case "tanh":
      return (x) => tanh(x);
    case "prelu":
      return prelu(slopes(builder, { name, width }));
    case "dice":
      return dice(builder, { name, width, ...(mask && { mask }) });
  }
}

/**
 * PReLU: y = max(0, x) + alpha min(0, x) = alpha x + (1 - alpha) max(0, x), one alpha per unit, started at .25.
 *
 * He et al., Delving Deep into Rectifiers (2015), https://arxiv.org/abs/1502.01852
 */
const prelu =
  (alpha: Tensor) =>
  (x: Tensor, placed: Placement = alongLast): Tensor =>
    add(mul(x, placed(alpha)), mul(relu(x), placed(sub(1, alpha))));

/** The slopes of a PReLU of so many units. */
export const slopes = (builder: Builder, { name, width }: { name: string; width: number }): Tensor =>
  builder.parameter(`${name}.slope`, [width], { initial: { kind: "constant", value: 0.25 } });

export interface ActivatedProductOptions extends ActivationOptions {
  /** [n, m] */
  weight: Tensor;
  /** Another way to x W for any W [n, m], where there is one that takes less than a product with the whole x. */
  through?: (weight: Tensor) => Tensor;
  drop: { name: string; rate: number; shape: Shape };
}

/**
 * dropout(activation(x)) W. A PReLU without dropout is never written out: (alpha x + (1 - alpha) max(0, x)) W =
 * x (alpha W) + max(0, x) ((1 - alpha) W), exactly, which saves several passes over a large x.
 *
 * Shapes: x [..., n], W [n, m] -> [..., m].
 */
export function activatedProduct(
  builder: Builder,
  x: Tensor,
  { weight, through = (w) => matmul(x, w), drop, ...options }: ActivatedProductOptions,
): Tensor {
  if (options.kind !== "prelu" || (builder.training && drop.rate > 0)) {
    return matmul(builder.dropout(activation(builder, x, options), drop), weight);
  }
  const alpha = reshape(slopes(builder, { name: options.name, width: widthOf(x) }), ["copy", 1]);
  return add(through(mul(weight, alpha)), matmul(relu(x), mul(weight, sub(1, alpha))));
}

const EPSILON = 1e-8;
const MOMENTUM = 0.01;

/**
 * Dice: y = p x + (1 - p) alpha x, p = sigmoid((x - E[x]) / sqrt(Var[x] + 1e-8)), one alpha per unit, started at 0.
 *
 * In training E and Var are those of the batch over real positions only (padding never enters them, as it does in the
 * public implementations); running values, momentum .01, are weights of the model and are used otherwise. A batch without a
 * real position leaves them as they are.
 *
 * Zhou et al., Deep Interest Network (2018), section 5.3, https://arxiv.org/abs/1706.06978
 */
function dice(
  builder: Builder,
  { name, width, mask }: { name: string; width: number; mask?: Tensor },
): (x: Tensor, placed?: Placement) => Tensor {
  const alpha = builder.parameter(`${name}.slope`, [width], { initial: { kind: "constant", value: 0 } });
  const mean = builder.state(`${name}.mean`, [width], { initial: 0 });
  const variance = builder.state(`${name}.variance`, [width], { initial: 1 });
  const gate = (x: Tensor, moments: Moments, placed: Placement): Tensor => {
    const deviation = sqrt(add(moments.variance, EPSILON));
    const p = sigmoid(div(sub(x, placed(moments.mean)), placed(deviation)));
    return mul(x, add(placed(alpha), mul(p, placed(sub(1, alpha)))));
  };
  if (!builder.training) return (x, placed = alongLast) => gate(x, { mean, variance }, placed);
  return (x) => {
    builder.whole(x);
    const moments = batchMoments(x, mask);
    const kept = (value: Tensor, running: Tensor): Tensor => (mask ? whereReal(value, running, mask) : value);
    builder.updateState(`${name}.mean`, { value: kept(moments.mean, mean), momentum: MOMENTUM });
    builder.updateState(`${name}.variance`, { value: kept(moments.variance, variance), momentum: MOMENTUM });
    return gate(x, moments, alongLast);
  };
}

interface Moments {
  mean: Tensor;
  variance: Tensor;
}

/** Mean and (biased) variance per unit, over rows, or over the real positions of [B, T, n]. */
function batchMoments(x: Tensor, mask?: Tensor): Moments {
  if (mask === undefined) {
    const axes = x.shape.slice(0, -1).map((_, axis) => axis);
    const mean = reduceMean(x, { axes });
    const centred = sub(x, mean);
    return { mean, variance: reduceMean(mul(centred, centred), { axes }) };
  }
  // sum over b, t of mask * x as one product: [1, B T] x [B T, n]
  const count = add(reduceSum(mask), EPSILON);
  const weights = reshapeRow(mask);
  const rows = reshapeRows(x);
  const mean = firstRow(div(matmul(weights, rows), count));
  const centred = sub(rows, mean);
  const variance = firstRow(div(matmul(weights, mul(centred, centred)), count));
  return { mean, variance };
}

/** `value`, or `otherwise` where the whole mask is 0. */
function whereReal(value: Tensor, otherwise: Tensor, mask: Tensor): Tensor {
  const any = step(reduceSum(mask));
  return add(mul(any, value), mul(sub(1, any), otherwise));
}

const reshapeRow = (mask: Tensor): Tensor => reshape(mask, [1, "rest"]);
const reshapeRows = (x: Tensor): Tensor => reshape(x, ["rest", widthOf(x)]);
const firstRow = (x: Tensor): Tensor => reshape(x, [widthOf(x)]);
