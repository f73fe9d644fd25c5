import { expect, test } from "vitest";
import { itemFields } from "./item-fields.js";

test("a field is what the expression that it stands in alone is; what encoders of texts read is text", () => {
  const fields = itemFields({
    columns: [
      { name: "ID", type: "BIGINT" },
      { name: "name", type: "VARCHAR" },
      { name: "blurb", type: "VARCHAR" },
      { name: "tags", type: "VARCHAR[]" },
      { name: "price", type: "DOUBLE" },
      { name: "photo", type: "VARCHAR" },
      { name: "made", type: "DATE" },
    ],
    id: "id",
    title: "name",
    picture: null,
    modalities: {
      tags: { kind: "category", from: "tags", multiple: true },
      price: { kind: "number", from: '"price"' },
      text: { kind: "text", from: "name || '. ' || coalesce(blurb, '')", encoder: "lsa" },
      look: { kind: "image", from: "photo", encoder: "pixels" },
    },
    fromFiles: [],
  });
  expect(fields).toEqual([
    { name: "ID", role: "id", type: "number" },
    { name: "name", role: "title", type: "text" },
    { name: "blurb", role: "text", type: "text" },
    { name: "tags", role: "category", type: "list" },
    { name: "price", role: "number", type: "number" },
    { name: "photo", role: "picture", type: "text" },
    { name: "made", role: "other", type: "other" },
  ]);
});

test("a dataset without a table of items has no fields", () => {
  expect(itemFields(null)).toEqual([]);
});
