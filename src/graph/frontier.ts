import { type Tensor, topological } from "./tensor.js";

/**
 * Where a graph can be cut into what depends on some inputs alone (and on constants) and the rest: the last tensors, on every path to
 * the outputs, that depend on own inputs only. An own input that the rest reads as it is counts, too.
 */
export function frontier(outputs: readonly Tensor[], isOwn: (input: Tensor) => boolean): Tensor[] {
  const order = topological(outputs);
  /** Tensors of own inputs: whether an input is among what they depend on, or constants alone. */
  const own = new Map<Tensor, boolean>();
  for (const tensor of order) {
    if (tensor.op === "input") {
      if (isOwn(tensor)) own.set(tensor, true);
    } else if (tensor.inputs.every((input) => own.has(input))) {
      own.set(
        tensor,
        tensor.inputs.some((input) => own.get(input)),
      );
    }
  }
  const last = new Set<Tensor>();
  for (const tensor of order) {
    if (own.has(tensor)) continue;
    for (const input of tensor.inputs) if (own.get(input)) last.add(input);
  }
  for (const output of outputs) if (own.get(output)) last.add(output);
  return [...last];
}
