import { z } from "zod";

export type KeyPath = readonly (string | number)[];

/** The options that `schema` knows at `path`, wrappers and unions looked through; of a union, those that fit the input. */
export function keysAt(schema: z.ZodType, path: KeyPath, input?: unknown): string[] {
  const keys = schemasAt(schema, path, input).flatMap((s) => (s instanceof z.ZodObject ? Object.keys(s.shape) : []));
  return [...new Set(keys)];
}

/** Every path at which `schema` knows an option of this name: `rate` is at `optimizer.rate`. */
export function pathsOf(schema: z.ZodType, name: string): string[] {
  const search = (level: readonly z.core.$ZodType[], path: string): string[] =>
    level.flatMap((s) =>
      !(s instanceof z.ZodObject)
        ? []
        : Object.entries(s.shape).flatMap(([key, inner]) => [
            ...(key === name ? [`${path}${key}`] : []),
            ...search(unwrap(inner as z.core.$ZodType, undefined), `${path}${key}.`),
          ]),
    );
  return [...new Set(search(unwrap(schema, undefined), ""))];
}

/** The literal values that `schema` allows at `path`, of every branch of a union. */
export function literalsAt(schema: z.ZodType, path: KeyPath): string[] {
  const literals = schemasAt(schema, path, undefined).flatMap((s) => (s instanceof z.ZodLiteral ? [...s.values] : []));
  return [...new Set(literals.map(String))];
}

function schemasAt(schema: z.ZodType, path: KeyPath, input: unknown): z.core.$ZodType[] {
  let level: z.core.$ZodType[] = unwrap(schema, input);
  let value = input;
  for (const key of path) {
    value = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
    level = level.flatMap((s) => child(s, key)).flatMap((s) => unwrap(s, value));
  }
  return level;
}

function child(schema: z.core.$ZodType, key: string | number): z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) {
    const inner: unknown = schema.shape[String(key)];
    return inner instanceof z.ZodType ? [inner] : [];
  }
  if (schema instanceof z.ZodRecord) return [schema.def.valueType];
  if (schema instanceof z.ZodArray) return [schema.def.element];
  return [];
}

/** Looks through optional, default, pipe and union to the objects, records and lists below. */
function unwrap(schema: z.core.$ZodType, value: unknown): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.def.innerType, value);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema.def.innerType, value);
  if (schema instanceof z.ZodReadonly || schema instanceof z.ZodCatch) return unwrap(schema.def.innerType, value);
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.in, value);
  if (schema instanceof z.ZodUnion) {
    const all = schema.def.options.flatMap((option) => unwrap(option, value));
    const chosen = all.filter((option) => fitsLiterals(option, value));
    return chosen.length ? chosen : all;
  }
  return [schema];
}

/** Whether the literal members of an object schema (its discriminators) equal those of the value. */
function fitsLiterals(schema: z.core.$ZodType, value: unknown): boolean {
  if (!(schema instanceof z.ZodObject) || typeof value !== "object" || value === null) return false;
  return Object.entries(schema.shape).every(
    ([key, inner]) => !(inner instanceof z.ZodLiteral) || inner.values.has(Reflect.get(value, key)),
  );
}
