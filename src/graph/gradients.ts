import { MmdinError } from "../errors.js";
import { accumulate, GRADIENT_RULES } from "./gradient-rules.js";
import { constant, expandLike } from "./ops.js";
import { formatShape } from "./shape.js";
import { type OpName, type Tensor, topological } from "./tensor.js";

/**
 * Gradients of a scalar `loss` with respect to tensors of its graph, as tensors of the same graph: reverse accumulation,
 * g(x) = sum over the ops that read x of (d op / d x)^T g(op).
 *
 * @returns one tensor per entry of `wrt`, of its shape; zeros where the loss does not depend on it.
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.shape.length !== 0) {
    throw new MmdinError("SHAPE", "gradients start from a scalar", {
      where: "gradients",
      expected: "[]",
      got: formatShape(loss.shape),
    });
  }
  const order = topological([loss]);
  const wanted = new Set(wrt);
  const reaches = new Set<Tensor>();
  for (const node of order) {
    if (wanted.has(node) || node.inputs.some((input) => reaches.has(input))) reaches.add(node);
  }
  const parts = new Map<Tensor, Tensor[]>([[loss, [constant(1)]]]);
  const total = new Map<Tensor, Tensor>();
  for (const node of order.reverse()) {
    const arrived = parts.get(node);
    if (arrived === undefined || !reaches.has(node)) continue;
    const g = accumulate(arrived);
    total.set(node, g);
    const inputGradients = ruleOf(node.op)({ y: node, g, inputs: node.inputs, attributes: node.attributes });
    node.inputs.forEach((input, i) => {
      const gradient = inputGradients[i];
      if (!gradient || !reaches.has(input)) return;
      const list = parts.get(input);
      if (list) list.push(gradient);
      else parts.set(input, [gradient]);
    });
  }
  return wrt.map((tensor) => total.get(tensor) ?? expandLike(constant(0), tensor));
}

type AnyRule = (node: { y: Tensor; g: Tensor; inputs: readonly Tensor[]; attributes: object }) => (Tensor | null)[];
/** The table is exact per op; a node and its rule are of one op by construction, which the type system cannot follow. */
const ruleOf = (op: OpName): AnyRule => GRADIENT_RULES[op] as AnyRule;
