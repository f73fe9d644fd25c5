import { expect, test } from "vitest";
import { smallCatalogue } from "../../test/nn/catalogue.js";
import { Builder } from "../nn/builder.js";
import { baselineOptions } from "./baseline-options.js";
import { encodeFields, flattenFields, joinFields, stackFields } from "./fields.js";
import { firstOrder } from "./first-order.js";

const everything = { modalities: "all", statistics: true, behaviour: true, age: true, dimension: 4 } as const;
const fieldsOf = (given: object) => {
  const builder = new Builder({ training: true });
  const options = baselineOptions.parse(given);
  return { builder, options, fields: encodeFields(builder, { catalogue: smallCatalogue, options }) };
};

test("textbook fields are 5 of the row, 2 of the candidate, 2 of the history, each of width 4: 36 numbers", () => {
  const { builder, fields } = fieldsOf({ dimension: 4 });
  expect(fields.row.length).toBe(5); // user, country, age, hour, load
  expect(fields.behaviour).toBeNull();
  expect(fields.statistics).toBeNull();
  expect(joinFields(fields).shape).toEqual(["B", 36]);
  expect(stackFields(builder, fields, { dimension: 4 }).shape).toEqual(["B", 9, 4]);
});

test("all features add 2 modalities on both sides, 24 numbers of behaviour and 3 statistics: 79 numbers", () => {
  const { fields } = fieldsOf(everything);
  expect(fields.candidate.shape).toEqual(["B", 16]);
  expect(fields.history.shape).toEqual(["B", 16]);
  expect(fields.behaviour!.shape).toEqual(["B", 24]);
  expect(fields.statistics!.shape).toEqual(["B", 3]);
  expect(joinFields(fields).shape).toEqual(["B", 79]);
});

test("stacked, behaviour and statistics are projected to one field each: 15 fields of width 4", () => {
  const { builder, fields } = fieldsOf(everything);
  const stacked = stackFields(builder, fields, { dimension: 4 });
  expect(stacked.shape).toEqual(["B", 15, 4]);
  expect(flattenFields(stacked).shape).toEqual(["B", 60]);
  expect(builder.parameters.get("field.behaviour.weight")!.shape).toEqual([24, 4]);
  expect(builder.parameters.get("field.statistics.weight")!.shape).toEqual([3, 4]);
});

test("of first order, items have two weights, all else one, every one of them starts at 0, and no name is the embeddings'", () => {
  const { builder, options } = fieldsOf(everything);
  const before = new Set([...builder.parameters.keys(), ...builder.tables.keys()]);
  expect(firstOrder(builder, { catalogue: smallCatalogue, options }).shape).toEqual(["B", 1]);
  const tables = [...builder.tables.values()].filter(({ name }) => !before.has(name));
  const dense = [...builder.parameters.values()].filter(({ name }) => !before.has(name));
  expect(tables.map(({ name, dimension }) => [name, dimension])).toEqual([
    ["linear.item.id", 2],
    ["linear.item.genres", 2],
    ["linear.step.rating", 1],
    ["linear.user", 1],
    ["linear.user.country", 1],
    ["linear.context.hour", 1],
  ]);
  expect(dense.every(({ name }) => name.startsWith("linear."))).toBe(true);
  for (const { name, initial } of [...tables, ...dense]) {
    expect(initial.kind === "normal" ? initial.std : initial.kind === "constant" && initial.value, name).toBe(0);
  }
});
