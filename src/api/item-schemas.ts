import { z } from "zod";
import { countersSchema } from "./answer-schemas.js";
import { MOST } from "./limits.js";

export const catalogueItemSchema = z
  .strictObject({
    id: z.string(),
    title: z.string().nullable(),
    picture: z.boolean().meta({ description: "Whether it has a picture that can be shown." }),
    origin: z.enum(["trained", "catalogue", "added"]).meta({
      description: "How the model knows it: events in training, the run's catalogue alone, or put into this server.",
    }),
    categories: z.record(z.string(), z.array(z.string())),
    numbers: z.record(z.string(), z.number().nullable()),
    counters: countersSchema,
  })
  .meta({ id: "CatalogueItem" });

export const foundItemsSchema = z
  .strictObject({ items: z.array(catalogueItemSchema), total: z.int().min(0) })
  .meta({ id: "FoundItems" });

export const neighboursSchema = z
  .strictObject({ neighbours: z.array(z.strictObject({ item: catalogueItemSchema, cosine: z.number() })) })
  .meta({ id: "Neighbours" });

export const putSummarySchema = z
  .strictObject({
    item: catalogueItemSchema,
    created: z.boolean().meta({ description: "False where it replaced one." }),
    modalities: z.array(z.string()).meta({ description: "Modalities that the model now sees of it." }),
    ignored: z.array(z.string()).meta({ description: "Fields that nothing reads." }),
  })
  .meta({ id: "PutSummary" });

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** The base64 of a picture, written bare or as a data URL; what comes out is bare. */
const pictureText = z
  .string()
  .transform((text, context) => {
    const bare = text.startsWith("data:") ? /^data:image\/[\w.+-]+;base64,/.exec(text.slice(0, 100))?.[0] : "";
    const base64 = bare === undefined ? "" : text.slice(bare.length);
    if (base64 !== "" && base64.length % 4 !== 1 && BASE64.test(base64)) return base64;
    const expected = "base64, or a data URL such as data:image/png;base64,...";
    const got = text === "" ? "nothing" : JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
    context.addIssue({ code: "custom", message: "no picture", params: { expected, got } });
    return z.NEVER;
  })
  .refine((base64) => base64.length <= Math.ceil((MOST.picture * 4) / 3) + 4, {
    error: `a picture of more than ${MOST.picture / 1024 / 1024} MiB`,
  })
  .meta({ contentEncoding: "base64" });

const record = z.record(z.string(), z.unknown()).superRefine((fields, context) => {
  for (const [name, value] of Object.entries(fields)) {
    if (depthOf(value) < MOST.depth) continue;
    const params = { expected: `at most ${MOST.depth} levels of lists and maps` };
    context.addIssue({ code: "custom", message: "too deep", path: [name], params });
  }
});

/** Levels of lists and maps, counted no further than `MOST.depth`. */
function depthOf(value: unknown, level = 0): number {
  if (typeof value !== "object" || value === null || level >= MOST.depth) return level;
  return Object.values(value).reduce((most: number, inner) => Math.max(most, depthOf(inner, level + 1)), level + 1);
}

export const putItemSchema = z
  .strictObject({
    record: record.meta({ description: "The fields that dataset.yaml reads, without the id." }),
    pictures: z.record(z.string(), pictureText).optional().meta({
      description:
        "By the field of the record that names a picture's path: base64, or a data URL, of JPEG, PNG, WebP, GIF, AVIF or TIFF, at most 8 MiB each.",
    }),
  })
  .meta({ id: "PutItem", examples: [{ record: { name: "Reading lamp", price: 19.9, tags: ["light", "oak"] } }] });
