import { expect, test } from "vitest";
import type { Event } from "../../contract.js";
import { EventColumns } from "./event-columns.js";
import { eventsYaml } from "./events-yaml.js";

const event = (more: Partial<Event>): Event => ({ user: "u", item: "i", time: 5, label: 0, ...more });

test("features become columns of their names; a name that is taken gets its group in front, and keeps it", () => {
  const columns = new EventColumns();
  const first = event({ features: { rating: 4, Label: "x" }, context: { hour: 3, rating: 1, time: "noon" } });
  expect(Object.fromEntries(columns.record(first))).toEqual({
    user: "u",
    item: "i",
    time: 5,
    label: 0,
    rating: 4,
    event_Label: "x",
    hour: 3,
    context_rating: 1,
    context_time: "noon",
  });
  expect(
    Object.fromEntries(columns.record(event({ context: { rating: 2 }, features: { context_rating: 7 } }))),
  ).toEqual({
    user: "u",
    item: "i",
    time: 5,
    label: 0,
    context_rating: 2,
    event_context_rating: 7,
  });
});

test("a column is a number while all its values read as one, and a list as soon as one is", () => {
  const columns = new EventColumns();
  columns.record(event({ features: { a: 1, b: "4.5", c: 2, d: true, e: 1, f: null, g: "1e3", h: "" } }));
  columns.record(event({ features: { a: 2, b: "-3", c: "two", d: false, e: ["x"], f: null } }));
  columns.record(event({ features: { e: "x" } }));
  const kinds = Object.fromEntries(columns.list().map(({ name, kind }) => [name, kind]));
  expect(kinds).toEqual({
    a: "number",
    b: "number",
    c: "category",
    d: "category",
    e: "list",
    g: "number",
    h: "category",
  });
});

test("the lines of dataset.yaml say every type, and quote what SQL and YAML would take for something else", () => {
  const columns = new EventColumns();
  columns.record(event({ features: { rating: 4, "it's 9-5": "x", many: ["y"] }, context: { hour: 3 } }));
  expect(eventsYaml("o'clock.jsonl", columns.list())).toBe(`events:
  from: { sql: "SELECT * FROM read_json('o''clock.jsonl', format = 'newline_delimited', columns = {'user': 'VARCHAR', 'item': 'VARCHAR', 'time': 'DOUBLE', 'label': 'UTINYINT', 'rating': 'DOUBLE', 'it''s 9-5': 'VARCHAR', 'many': 'VARCHAR[]', 'hour': 'DOUBLE'})" }
  user: user
  item: item
  time: time
  label: label
  features:
    rating: { kind: number, from: rating }
    it_s_9-5: { kind: category, from: "\\"it's 9-5\\"" }
context:
  features:
    hour: { kind: number, from: hour }`);
});
