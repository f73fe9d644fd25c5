import { expect, test } from "vitest";
import { RandomStream } from "../../random.js";
import { stepEffects } from "./step-effects.js";
import { planSteps } from "./step-plan.js";

const COUNT = 40;
const random = new RandomStream(1, "effects");
const VALUES = Float64Array.from({ length: COUNT }, () => random.normal());
const WEIGHTS = Float64Array.from({ length: COUNT }, () => random.uniform() ** 2 + 0.01);

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
const size = (values: readonly number[]): number => Math.sqrt(sum(values.map((value) => value ** 2)) / values.length);
const apart = (a: readonly number[], b: readonly number[]): number =>
  size(a.map((value, i) => value - b[i]!)) / size(b);

/** Effects where the logit of a choice is this function of it. */
function effectsOf(
  logit: (kept: Uint8Array) => number,
  { orders, weights }: { orders: number; weights?: Float64Array },
) {
  const plan = planSteps(COUNT, { choices: 1e6, orders });
  const logits = plan.choices.map(logit);
  return { ...stepEffects(plan, { logit: (choice) => logits[choice]!, ...(weights && { weights }) }), plan, logits };
}

const additive = (kept: Uint8Array): number => 0.7 + sum(VALUES.map((value, step) => value * kept[step]!));
const mean = (kept: Uint8Array): number => {
  const total = sum(WEIGHTS.map((weight, step) => weight * kept[step]!));
  return total === 0 ? 0.7 : 0.7 + sum(VALUES.map((value, step) => value * WEIGHTS[step]! * kept[step]!)) / total;
};
const bent = (kept: Uint8Array): number => Math.tanh(mean(kept)) + 0.1 * additive(kept) + 0.2 * kept[3]! * kept[7]!;

test("where steps add up, change and contribution are what each adds, without an error", () => {
  const { changes, contributions, errors } = effectsOf(additive, { orders: 4 });
  for (let step = 0; step < COUNT; step++) {
    expect(changes[step]).toBeCloseTo(VALUES[step]!, 10);
    expect(contributions[step]).toBeCloseTo(VALUES[step]!, 10);
    expect(errors![step]).toBeLessThan(1e-10);
  }
});

test("contributions add up to what all steps did, whatever the logits are", () => {
  for (const logit of [additive, mean, bent]) {
    for (const orders of [2, 4, 16]) {
      const { contributions, logits, plan } = effectsOf(logit, { orders, weights: WEIGHTS });
      expect(Math.abs(sum(contributions) - (logits[plan.full]! - logits[plan.empty]!))).toBeLessThan(1e-12);
    }
  }
});

test("where attention is a weighted mean, 8 orders come within 10 % of 800, where plain averages of them are 40 % off and more", () => {
  const many = effectsOf(mean, { orders: 800, weights: WEIGHTS }).contributions;
  const { contributions, plan, logits } = effectsOf(mean, { orders: 8, weights: WEIGHTS });
  const plain = new Float64Array(COUNT);
  for (const { order, prefixes } of plan.orders) {
    order.forEach((step, k) => {
      plain[step]! += (logits[prefixes[k + 1]!]! - logits[prefixes[k]!]!) / plan.orders.length;
    });
  }
  expect(apart([...plain], many)).toBeGreaterThan(0.4);
  expect(apart(contributions, many)).toBeLessThan(0.1);
});

test("standard errors are about as large as the errors are, and halve with four times the orders", () => {
  const many = effectsOf(bent, { orders: 800, weights: WEIGHTS }).contributions;
  const [few, more] = [16, 64].map((orders) => effectsOf(bent, { orders, weights: WEIGHTS }));
  const real = size(few!.contributions.map((value, step) => value - many[step]!));
  const said = size(few!.errors!);
  expect(said / real).toBeGreaterThan(0.6);
  expect(said / real).toBeLessThan(1.7);
  expect(said / size(more!.errors!)).toBeGreaterThan(1.5);
  expect(said / size(more!.errors!)).toBeLessThan(2.7);
  expect(effectsOf(bent, { orders: 2 }).errors).toBeNull();
});
