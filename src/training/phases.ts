import { add, gradients, input, mul, reduceSum, substitute, type Tensor, topological } from "../graph/index.js";
import { isWeight } from "../nn/builder.js";
import { type GradientGraph, gradientOf, nextOf } from "./gradient-graph.js";

/**
 * A training graph whose rows meet somewhere in the middle (Dice takes its moments over the batch), cut so that shards of a batch can run
 * the rest: each its `forward`; then the `middle` over the rows of all, from where they meet to the loss and back; then each its
 * `backward`, which computes its forward again.
 */
export interface Phases {
  /** Of a shard: what meets, [B, ...] each, by the names in `meets`. */
  forward: Record<string, Tensor>;
  /** Over all rows: loss, gradients of the parameters that are used here, new states, and what `backs` names. */
  middle: Record<string, Tensor>;
  /** Of a shard: gradients of its parameters and tables. */
  backward: Record<string, Tensor>;
  meets: string[];
  /** Gradients of what meets, given to `backward`: names by those of `meets`; labels and masks have none. */
  backs: Map<string, string>;
}

/** @returns null where what meets is not one array of rows: then a batch stays in one piece. */
export function cutIntoPhases({ builder, trained, outputs }: GradientGraph): Phases | null {
  const { parameters, tables, states } = trained;
  const ends = {
    loss: outputs.loss!,
    ...Object.fromEntries(states.map(({ name, update }) => [nextOf(name), update.value])),
  };
  const meeting = meetingPoints(Object.values(ends), builder.wholes);
  if (!meeting.every(({ shape }) => shape[0] === "B" && shape.slice(1).every((dim) => typeof dim === "number")))
    return null;

  const meets = meeting.map((_, i) => `whole:${i}`);
  const stand = meeting.map((tensor, i) => input(meets[i]!, tensor.shape, { dtype: tensor.dtype }));
  const middle = substitute(ends, new Map(meeting.map((tensor, i) => [tensor, stand[i]!])));
  const isRows = new Set(tables.map(({ tensor }) => tensor));
  const learned = meeting.flatMap((tensor, i) => (tensor.op !== "input" || isRows.has(tensor) ? [i] : []));
  const inMiddle = new Set(topological([middle.loss!]));
  const own = parameters.filter(({ tensor }) => inMiddle.has(tensor));
  const found = gradients(middle.loss!, [...own.map(({ tensor }) => tensor), ...learned.map((i) => stand[i]!)]);
  own.forEach(({ name }, p) => {
    middle[gradientOf(name)] = found[p]!;
  });
  const backs = new Map(learned.map((i) => [meets[i]!, `back:${i}`]));
  learned.forEach((i, at) => {
    middle[backs.get(meets[i]!)!] = found[own.length + at]!;
  });

  // The gradient of sum(x * dx) with respect to what x is made of: dx taken back through x.
  const seeds = learned.map((i) => reduceSum(mul(meeting[i]!, input(`back:${i}`, meeting[i]!.shape))));
  const through = new Set(topological(seeds));
  const wanted = [
    ...parameters.map(({ name, tensor }) => ({ name, tensor })),
    ...tables.map(({ input: name, tensor }) => ({ name, tensor })),
  ].filter(({ tensor }) => through.has(tensor));
  const backward: Record<string, Tensor> = {};
  if (wanted.length > 0) {
    const loss = seeds.reduce((sum, seed) => add(sum, seed));
    const taken = gradients(
      loss,
      wanted.map(({ tensor }) => tensor),
    );
    wanted.forEach(({ name }, i) => {
      backward[gradientOf(name)] = taken[i]!;
    });
  }
  const forward = Object.fromEntries(meeting.map((tensor, i) => [meets[i]!, tensor]));
  return { forward, middle, backward, meets, backs };
}

/** What the part that needs all rows reads of the part that does not; weights, and what is made of them alone, are at hand in both. */
function meetingPoints(ends: readonly Tensor[], wholes: ReadonlySet<Tensor>): Tensor[] {
  const ofRows = new Set<Tensor>();
  const after = new Set<Tensor>();
  const points = new Set<Tensor>();
  for (const tensor of topological(ends)) {
    if (tensor.op === "input" ? !isWeight(tensor) : tensor.inputs.some((from) => ofRows.has(from))) ofRows.add(tensor);
    if (!tensor.inputs.some((from) => after.has(from) || wholes.has(from))) continue;
    after.add(tensor);
    for (const from of tensor.inputs) if (ofRows.has(from) && !after.has(from)) points.add(from);
  }
  return [...points];
}
