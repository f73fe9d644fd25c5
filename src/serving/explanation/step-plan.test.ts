import { expect, test } from "vitest";
import { planSteps } from "./step-plan.js";

test("50 steps and 16 orders are 854 choices: all, none, 50 without one, 50 alone, 47 an order", () => {
  const plan = planSteps(50, { choices: 100_000, orders: 16 });
  expect(plan.orders.length).toBe(16);
  expect(plan.choices.length).toBe(2 + 50 + 50 + 16 * 47);
  expect(plan.exact).toBe(false);
});

test("what may be scored decides on the number of orders, of which there is one pair at least", () => {
  for (const [allowed, orders] of [
    [100_000, 32],
    [1000, 18],
    [400, 6],
    [10, 2],
  ] as const) {
    const plan = planSteps(50, { choices: allowed });
    expect(plan.orders.length).toBe(orders);
    if (orders > 2) expect(plan.choices.length).toBeLessThanOrEqual(allowed);
  }
});

test("every order holds every step once, its reverse stands beside it, and its prefixes grow by its steps", () => {
  const { orders, choices, full, empty } = planSteps(23, { choices: 2000, orders: 8 });
  for (const [place, { order, prefixes }] of orders.entries()) {
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, step) => step));
    if (place % 2 === 1) expect([...order]).toEqual([...orders[place - 1]!.order].reverse());
    expect([prefixes[0], prefixes[23]]).toEqual([empty, full]);
    for (let k = 0; k <= 23; k++) {
      const kept = [...choices[prefixes[k]!]!].flatMap((one, step) => (one === 1 ? [step] : []));
      expect(kept).toEqual([...order.subarray(0, k)].sort((a, b) => a - b));
    }
  }
  expect([...orders[0]!.order]).toEqual(Array.from({ length: 23 }, (_, step) => step));
});

test("5 steps take all 120 orders and all 32 choices, each once", () => {
  const plan = planSteps(5, { choices: 32 });
  expect(plan).toMatchObject({ exact: true });
  expect(new Set(plan.orders.map(({ order }) => order.join())).size).toBe(120);
  expect(new Set(plan.choices.map((kept) => kept.join(""))).size).toBe(32);
  expect(plan.choices.length).toBe(32);
  expect(planSteps(5, { choices: 31 }).exact).toBe(false);
});

test("no step is one choice, one step two", () => {
  expect(planSteps(0, { choices: 1 })).toMatchObject({ full: 0, empty: 0, exact: true, choices: [new Uint8Array(0)] });
  expect(planSteps(1, { choices: 2 })).toMatchObject({ exact: true, choices: [Uint8Array.of(1), Uint8Array.of(0)] });
});

test("the same count gives the same plan", () => {
  const said = (): string =>
    planSteps(30, { choices: 1000 })
      .orders.map(({ order }) => order.join())
      .join(";");
  expect(said()).toBe(said());
});
