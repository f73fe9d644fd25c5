import { type Tensor, topological } from "./tensor.js";

/** The same outputs over other tensors in the place of some: what depends on none of them stays the tensor that it is. */
export function substitute(
  outputs: Readonly<Record<string, Tensor>>,
  others: ReadonlyMap<Tensor, Tensor>,
): Record<string, Tensor> {
  const now = new Map<Tensor, Tensor>(others);
  for (const tensor of topological(Object.values(outputs))) {
    if (now.has(tensor)) continue;
    const inputs = tensor.inputs.map((input) => now.get(input)!);
    now.set(tensor, inputs.every((input, i) => input === tensor.inputs[i]) ? tensor : { ...tensor, inputs });
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, now.get(tensor)!]));
}
