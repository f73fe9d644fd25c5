import { expect, test } from "vitest";
import { type NamedStep, reasonOf, type SummaryFacts, summarise } from "./summary.js";

const step = (name: string, contribution: number, label: 0 | 1 | null = 1): NamedStep => ({
  item: name,
  name,
  label,
  contribution,
});
const facts = (steps: NamedStep[] | null, more: Partial<SummaryFacts> = {}): SummaryFacts => ({
  steps,
  given: steps?.length ?? 3,
  historyChange: (steps ?? []).reduce((sum, { contribution }) => sum + contribution, 0),
  label: "explicit",
  statistics: { texts: [], change: null },
  gates: null,
  known: true,
  ...more,
});

test("what was liked, and in spite of what", () => {
  const own = facts([step("Heat", 0.42), step("Alien", -0.11), step("Cats", 0.01)]);
  expect(summarise(own)).toBe("mostly because you liked Heat (+0.42), in spite of Alien (-0.11)");
  expect(reasonOf(own)).toBe("because of Heat, which you liked");
});

test("what was not liked speaks, too; without others it is not only most of it", () => {
  const own = facts([step("Heat", 0.3), step("Cats", 0.2, 0)]);
  expect(summarise(own)).toBe("because you liked Heat (+0.30) and did not like Cats (+0.20)");
  expect(reasonOf(facts([step("Cats", 0.2, 0)]))).toBe("because of Cats, which you did not like");
});

test("nobody said whether they liked it: because of it", () => {
  expect(summarise(facts([step("Heat", 0.3, null), step("Ronin", 0.2)]))).toBe(
    "because of Heat (+0.30) and Ronin (+0.20)",
  );
  const implicit = facts([step("Heat", 0.3), step("Ronin", 0.2)], { label: "implicit" });
  expect(summarise(implicit)).toBe("because of Heat (+0.30) and Ronin (+0.20)");
  expect(reasonOf(implicit)).toBe("because of Heat");
});

test("a history that speaks against it holds it back", () => {
  expect(summarise(facts([step("Alien", -0.5, 0), step("Heat", 0.2), step("Cats", -0.01)]))).toBe(
    "held back, mostly because you did not like Alien (-0.50), in spite of Heat (+0.20), -0.31 in all",
  );
  expect(summarise(facts([step("Alien", -0.5), step("Cats", -0.01)]))).toBe(
    "held back, mostly because you liked Alien (-0.50), -0.51 in all",
  );
});

test("an item that is in the history twice is named once, with both contributions and the later label", () => {
  const own = facts([step("Heat", 0.2, 0), step("Ronin", 0.25), step("Heat", 0.1)]);
  expect(summarise(own)).toBe("because you liked Heat (+0.30) and Ronin (+0.25)");
});

test("nothing is known of the person: what speaks for the item", () => {
  const own = facts([], {
    statistics: { texts: ["1,204 events", "58 % positive"], change: 0.31 },
    gates: { id: 0.1, text: 0.45, poster: 0.3, price: 0.15 },
  });
  expect(summarise(own)).toBe(
    "nothing is known of this person: what others did with the item (1,204 events, 58 % positive) speaks for it (+0.31); of the item itself, text (45 %) and poster (30 %) count most",
  );
  expect(reasonOf(own)).toBe(summarise(own));
  expect(summarise(facts([], { given: 4 }))).toBe(
    "none of the 4 past events is one that this model reads: it goes by the item alone",
  );
  expect(summarise(facts([], { known: false }))).toBe("nothing is known of this person, nor of the item");
});

test("a model without a history says so, and a history that does nothing, too", () => {
  expect(summarise(facts(null))).toBe("this model reads no history: it goes by the item alone");
  expect(summarise(facts([step("Heat", 0.001), step("Alien", -0.002)]))).toBe(
    "the history hardly changes it (-0.00): it goes by the item alone",
  );
});

test("titles are shown as text on one line, of at most 60 letters", () => {
  const title = `Heat\n\u001b[31m <b>${"x".repeat(100)}`;
  const said = summarise(facts([step(title, 0.3)]));
  expect(said).toBe(`because you liked Heat [31m <b>${"x".repeat(46)}… (+0.30)`);
});
