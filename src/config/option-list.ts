import { z } from "zod";

/** One option of a schema, as a list of options shows it. */
export interface ListedOption {
  /** `optimizer.learningRate` */
  path: string;
  /** As YAML and JSON write it; undefined where it has to be given. */
  default: string | undefined;
  /** The values that it can have, where they are few. */
  choices: readonly string[];
  description: string;
}

const node = z.object({
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  get anyOf() {
    return z.array(node).optional();
  },
  get properties() {
    return z.record(z.string(), node).optional();
  },
});
type Node = z.output<typeof node>;

/** Every option of a schema, the inner ones by their paths, in the order of the schema. */
export function listOptions(schema: z.ZodType): ListedOption[] {
  return optionsBelow(node.parse(z.toJSONSchema(schema, { io: "input" })), "");
}

function optionsBelow({ properties = {} }: Node, prefix: string): ListedOption[] {
  return Object.entries(properties).flatMap(([key, inner]) => {
    const path = `${prefix}${key}`;
    if (inner.properties !== undefined) return optionsBelow(inner, `${path}.`);
    const choices = [inner, ...(inner.anyOf ?? [])].flatMap((part) => part.enum ?? []).map(String);
    const value = inner.default === undefined ? undefined : JSON.stringify(inner.default).replaceAll('"', "");
    return [{ path, default: value, choices, description: inner.description ?? "" }];
  });
}
