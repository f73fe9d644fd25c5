import { expect, test } from "vitest";
import type { StepExplanation } from "../api/contract.js";
import type { ExplainedItem } from "../serving/index.js";
import { renderExplanation } from "./explanation-text.js";

const step = (item: string, contribution: number, more: Partial<StepExplanation> = {}): StepExplanation => ({
  item,
  title: `Title of ${item}`,
  time: 1,
  label: 1,
  weights: [0.25, 0.1],
  change: contribution / 2,
  contribution,
  ...more,
});

function explained(history: StepExplanation[], heads = ["text", "all"]): ExplainedItem {
  const historyChange = history.reduce((sum, { contribution }) => sum + contribution, 0);
  return {
    item: "i9",
    title: "Heat",
    logit: -0.4,
    probability: 0.4013,
    reason: "because of i1, which you liked",
    explanation: {
      history,
      heads,
      gates: { id: 0.2, text: 0.5, poster: 0.3 },
      nearest: { text: { item: "i2", title: null, cosine: 0.5 } },
      historyChange,
      summary: "mostly because you liked i1 (+0.40), in spite of i2 (-0.30)",
    },
  };
}

test("the steps that did most, the sum of all, shares of attention, gates and nearest", () => {
  const history = [step("i2", -0.3, { label: 0 }), step("i1", 0.4, { weights: [0.75, 0.3] })];
  expect(renderExplanation(explained(history), { terminal: false })).toBe(
    `i9, Heat: probability 0.4013, logit -0.4000
mostly because you liked i1 (+0.40), in spite of i2 (-0.30)

what the 2 steps of the history did to the logit, and how much each head looked at them, % of its attention
step  title        liked  change  contributes  text  all
i1    Title of i1  yes    +0.200       +0.400    75   75
i2    Title of i2  no     -0.150       -0.300    25   25
all                       +0.100       +0.100   100  100

modalities of the item, by gate: text 50 %, poster 30 %, id 20 %

nearest by text: i2, cosine 0.500`,
  );
});

test("of a long history the 12 steps that did most are shown, and what the others did together", () => {
  const history = Array.from({ length: 40 }, (_, i) => step(`i${i}`, (i - 20) / 100));
  const lines = renderExplanation(explained(history), { terminal: false }).split("\n");
  expect(lines.filter((line) => line.startsWith("i") && line.includes("Title of")).length).toBe(12);
  expect(lines.find((line) => line.startsWith("28 others"))).toMatch(/ \+0\.140 +70 +70$/);
  expect(lines.find((line) => line.startsWith("all"))).toMatch(/-0\.200 +-0\.200 +100 +100$/);
});

test("no line is wider than the terminal: heads that do not fit beside stand below", () => {
  const heads = ["id", "category", "price", "age", "text", "poster", "all"];
  const history = Array.from({ length: 20 }, (_, i) =>
    step(`item-number-${i}`, i / 100, {
      title: "A long title of many words, ".repeat(4),
      weights: heads.map(() => 0.05),
    }),
  );
  for (const width of [60, 80, 200]) {
    const said = renderExplanation(explained(history, heads), { terminal: true, width });
    expect(Math.max(...said.split("\n").map((line) => line.length))).toBeLessThanOrEqual(width);
    expect(said.includes("\n\nhow much each head looked at them")).toBe(width < 100);
  }
});

test("a title cannot move the cursor, and without titles, labels and heads there are no columns for them", () => {
  const history = [step("i1", 0.4, { title: null, label: null, weights: [] })];
  const said = renderExplanation(explained(history, []), { terminal: false });
  expect(said).toContain("step  change  contributes\ni1    +0.200       +0.400\n");
  const rude = explained([step("i1", 0.4, { title: "\u001b[2J\nHeat" })]);
  expect(renderExplanation(rude, { terminal: false })).toContain("i1    [2J Heat  yes");
});
