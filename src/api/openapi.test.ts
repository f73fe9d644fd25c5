import { expect, test } from "vitest";
import { openApiDocument } from "./openapi.js";
import { type Operation, operations } from "./operations.js";

const document = openApiDocument({ version: "1.2.3" });
const text = JSON.stringify(document);

test("it is OpenAPI 3.1 with one operation for each of the table, each with its problems", () => {
  expect(document).toMatchObject({ openapi: "3.1.0", info: { version: "1.2.3" } });
  const paths = document.paths as Record<string, Record<string, { operationId: string; responses: object }>>;
  const found = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, responses }]) => {
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(["200", "429", "500"]));
      return `${operationId} ${method.toUpperCase()} ${path}`;
    }),
  );
  const wanted = Object.entries<Operation>(operations).map(([name, { method, path }]) => `${name} ${method} ${path}`);
  expect(found.sort()).toEqual(wanted.sort());
});

test("every reference leads to a component, and every component is referred to", () => {
  const components = Object.keys((document.components as { schemas: object }).schemas);
  const referred = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = ""]) => ref));
  expect([...referred].map((ref) => ref.replace("#/components/schemas/", "")).sort()).toEqual(components.sort());
  expect(text).not.toContain("$defs");
});

test("every example of a body is one that the schema takes", () => {
  let seen = 0;
  for (const { body } of Object.values<Operation>(operations)) {
    const examples = body?.meta()?.examples ?? [];
    for (const example of Object.values(examples)) {
      expect(body?.safeParse(example)).toMatchObject({ success: true });
      seen++;
    }
  }
  expect(seen).toBeGreaterThanOrEqual(6);
});

test("limits and what may be written are in it: ids of two kinds, 10,000 candidates, no other fields", () => {
  const { RankQuestion } = (document.components as { schemas: Record<string, { properties: Record<string, object> }> })
    .schemas;
  expect(RankQuestion).toMatchObject({ additionalProperties: false, required: ["candidates"] });
  expect(RankQuestion!.properties.candidates).toMatchObject({
    minItems: 1,
    maxItems: 10_000,
    items: { anyOf: [{ type: "string", minLength: 1 }, { type: "number" }] },
  });
});
