import { z } from "zod";
import { type Operation, operations } from "./operations.js";
import { type ProblemCode, problemKinds, problemSchema } from "./problem.js";

type Json = Record<string, unknown>;

/** Can happen to every operation, or to every one with a body or with a query. */
const ALWAYS: readonly ProblemCode[] = ["RATE", "SLOW", "INTERNAL"];
const WITH_BODY: readonly ProblemCode[] = ["SYNTAX", "TOO_LARGE", "MEDIA_TYPE", "REQUEST"];

/** How schemas are written. */
const WRITTEN = {
  target: "draft-2020-12",
  unrepresentable: "any",
  // zod leaves the examples of what is read in another form than it is written away: ours are as they are written.
  override({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: z.core.JSONSchema.BaseSchema }) {
    const examples = z.globalRegistry.get(zodSchema)?.examples;
    if (Array.isArray(examples)) jsonSchema.examples = examples;
  },
} as const;

/**
 * The OpenAPI 3.1 document of a server, made of the schemas that it checks requests with.
 *
 * @param options.version of mmdin.
 */
export function openApiDocument({ version }: { version: string }): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const [name, operation] of Object.entries<Operation>(operations)) {
    const path = paths[operation.path] ?? {};
    paths[operation.path] = path;
    path[operation.method.toLowerCase()] = describe(name, operation, components);
  }
  schemaOf(problemSchema, components, "output");
  return {
    openapi: "3.1.0",
    info: {
      title: "mmdin",
      version,
      description:
        "Ranks and recommends for people that a store knows, or that a question describes. Ids may be texts or numbers, times seconds, milliseconds or ISO 8601. Whatever is no success is answered by a problem document (RFC 9457) that says what was wrong.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    tags: [...new Set(Object.values<Operation>(operations).map(({ tag }) => tag))].map((name) => ({ name })),
    security: [{ bearer: [] }, { key: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A line of the file that `--api-key-file` names." },
        key: { type: "apiKey", in: "header", name: "X-API-Key", description: "The same, in a header of its own." },
      },
    },
  };
}

function describe(name: string, operation: Operation, components: Json): Json {
  const { tag, summary, description, params, query, body, open } = operation;
  const parameters = [
    ...parametersOf(params, { place: "path", components }),
    ...parametersOf(query, { place: "query", components }),
  ];
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(open && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, components, "input") } } },
    }),
    responses: { ...answersOf(operation, components), ...problemsOf(operation) },
  };
}

function answersOf({ answer, answered, created }: Operation, components: Json): Json {
  const content =
    typeof answer !== "string"
      ? { "application/json": { schema: schemaOf(answer, components, "output") } }
      : { [answer]: { schema: answer === "application/json" ? { type: "object" } : { type: "string" } } };
  const headers = { "x-request-id": { description: "As sent, or a new one.", schema: { type: "string" } } };
  const response = (description: string): Json => ({ description, headers, content });
  return { 200: response(answered), ...(created && { 201: response(created) }) };
}

function problemsOf({ body, params, query, problems, open }: Operation): Json {
  const always = [...ALWAYS, ...(body ? WITH_BODY : []), ...(params || query ? (["SYNTAX", "REQUEST"] as const) : [])];
  const codes = new Set<ProblemCode>([...always, ...problems, ...(open ? [] : (["KEY", "HOST", "STARTING"] as const))]);
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = problemKinds[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const schema = { $ref: "#/components/schemas/Problem" };
  const answers = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, codes]) => {
      const waits = codes.some((code) => problemKinds[code].retryAfter !== undefined);
      const description = codes.map((code) => `${problemKinds[code].title} (\`${code}\`)`).join("; ");
      const headers = { "retry-after": { description: "Seconds.", schema: { type: "integer" } } };
      return [status, { description, ...(waits && { headers }), content: { "application/problem+json": { schema } } }];
    });
  return Object.fromEntries(answers);
}

function parametersOf(
  schema: z.ZodType | undefined,
  { place, components }: { place: "path" | "query"; components: Json },
): Json[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).map(([name, field]: [string, z.ZodType]) => {
    const { description, ...rest } = schemaOf(field, components, "output");
    const filters = "$ref" in rest || "allOf" in rest || rest.type === "object";
    const content = filters ? { content: { "application/json": { schema: rest } } } : { schema: rest };
    return { name, in: place, required: !field.isOptional(), ...(description ? { description } : {}), ...content };
  });
}

/** A schema as JSON Schema; those with a name go into `components` and are referred to. */
function schemaOf(schema: z.ZodType, components: Json, io: "input" | "output"): Json {
  const json = z.toJSONSchema(schema, { ...WRITTEN, io }) as Json & { $defs?: Json };
  const { $schema: _, $defs = {}, ...own } = json;
  for (const [name, definition] of Object.entries($defs)) components[name] ??= pointed(definition);
  const id = schema.meta()?.id;
  if (id === undefined) return pointed(own) as Json;
  components[id] ??= pointed(own);
  return { $ref: `#/components/schemas/${id}` };
}

/** `$defs` of one schema are components of the document; the name of a schema is its key there. */
function pointed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      if (key === "$ref" && typeof inner === "string")
        return [[key, inner.replace("#/$defs/", "#/components/schemas/")]];
      if (key === "id" && typeof inner === "string") return [];
      return [[key, pointed(inner)]];
    }),
  );
}
