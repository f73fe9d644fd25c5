import { expect, test } from "vitest";
import { type Reason, reasonOf } from "./reasons.js";

const heat = { item: { id: "6", title: "Heat" }, label: 1 } as const;
const explicit = { label: "explicit" } as const;
const implicit = { label: "implicit" } as const;
const say = (reason: Partial<Reason>, label: { label: "explicit" | "implicit" } = explicit): string | null =>
  reasonOf({ source: "similar", because: null, events: 0, ...reason }, label);

test("every source has its sentence", () => {
  expect(say({ because: heat })).toBe("because of Heat, which you liked");
  expect(say({ because: { ...heat, label: null } })).toBe("because of Heat, from your history");
  expect(say({ because: heat }, implicit)).toBe("because of Heat, from your history");
  expect(say({ source: "co-visited", because: heat })).toBe("liked by people who liked Heat");
  expect(say({ source: "co-visited", because: heat }, implicit)).toBe("chosen by people who chose Heat");
  expect(say({ source: "popular", events: 1204 })).toBe("popular: 1,204 events");
  expect(say({ source: "popular", events: 1 })).toBe("popular: 1 event");
  expect(say({ source: "new" })).toBe("new in the catalogue");
  expect(say({ source: "request" })).toBeNull();
});

test("a title is text on one line, and an item without one is named by its id", () => {
  const named = (title: string | null): string | null => say({ because: { item: { id: "x<1>", title }, label: 1 } });
  expect(named("<b>Heat</b>\n  & dust")).toBe("because of <b>Heat</b> & dust, which you liked");
  expect(named(null)).toBe("because of item x<1>, which you liked");
  expect(named(" \n")).toBe("because of item x<1>, which you liked");
});
