import { RandomStream } from "../../random.js";

/** Which choices of the steps of a history are scored to say what each step did. */
export interface StepPlan {
  /** [choices][steps]: 1 where the step is kept. Each choice is there once. */
  choices: readonly Uint8Array[];
  /** Places in `choices`: all steps, no step, all but one [steps], one alone [steps]. */
  full: number;
  empty: number;
  without: Int32Array;
  alone: Int32Array;
  /** Orders of the steps, each next to its reverse, with the choice of its first k steps [steps + 1]. */
  orders: readonly StepOrder[];
  /** Whether these are all orders that there are. */
  exact: boolean;
}

export interface StepOrder {
  order: Int32Array;
  prefixes: Int32Array;
}

export interface StepPlanOptions {
  /** Choices that may be scored; 2 orders are taken in any case. */
  choices: number;
  /** Orders at most; default 32. */
  orders?: number;
}

const SEED = 1;
/** All orders of so few steps need no more choices than a few orders of many. */
const EXACT = 5;

/**
 * Plans the choices of n steps: all, none, all but each one, each one alone, and the first k of some orders, for every k. The orders are
 * the same for every request of n steps: oldest first, newest first, then random ones (of a fixed seed), each followed by its reverse.
 * 5 steps or fewer have so few choices that all orders are taken, where that is allowed.
 *
 * An order costs n - 3 choices at most, as its first, last and last but one are there already: n steps and r orders cost at most
 * 2 + 2 n + r (n - 3), and 2^n where all orders are taken.
 */
export function planSteps(count: number, { choices: allowed, orders: most = 32 }: StepPlanOptions): StepPlan {
  const choices: Uint8Array[] = [];
  const known = new Map<string, number>();
  const placeOf = (kept: Uint8Array): number => {
    const key = kept.join("");
    let place = known.get(key);
    if (place === undefined) {
      place = choices.push(kept.slice()) - 1;
      known.set(key, place);
    }
    return place;
  };
  const places = (kept: (step: number, other: number) => boolean): Int32Array =>
    Int32Array.from({ length: count }, (_, step) =>
      placeOf(Uint8Array.from({ length: count }, (_, other) => (kept(step, other) ? 1 : 0))),
    );
  const full = placeOf(new Uint8Array(count).fill(1));
  const empty = placeOf(new Uint8Array(count));
  const without = places((step, other) => other !== step);
  const alone = places((step, other) => other === step);
  const exact = count <= EXACT && 2 ** count <= allowed;
  const room = count > 3 ? Math.floor((allowed - 2 - 2 * count) / (count - 3)) : most;
  const pairs = Math.max(1, Math.floor(Math.min(room, most) / 2));
  const orders = (exact ? allOrders(count) : pairsOfOrders(count, { pairs })).map((order) => {
    const kept = new Uint8Array(count);
    const prefixes = new Int32Array(count + 1).fill(empty);
    order.forEach((step, k) => {
      kept[step] = 1;
      prefixes[k + 1] = placeOf(kept);
    });
    return { order, prefixes };
  });
  return { choices, full, empty, without, alone, orders, exact };
}

/** Oldest first and newest first, then random orders and their reverses. */
export function pairsOfOrders(
  count: number,
  { pairs, stream = "orders of steps" }: { pairs: number; stream?: string },
): Int32Array[] {
  const random = new RandomStream(SEED, stream, count);
  return Array.from({ length: pairs }, (_, pair) => {
    const order = Int32Array.from({ length: count }, (_, step) => step);
    if (pair > 0) random.shuffle(order);
    return [order, order.toReversed()];
  }).flat();
}

function allOrders(count: number): Int32Array[] {
  if (count === 0) return [new Int32Array(0)];
  return allOrders(count - 1).flatMap((order) =>
    Array.from({ length: count }, (_, place) =>
      Int32Array.from([...order.subarray(0, place), count - 1, ...order.subarray(place)]),
    ),
  );
}
