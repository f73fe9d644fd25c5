import { z } from "zod";
import { MOST } from "./limits.js";
import { filtersSchema } from "./question-schemas.js";

/** Values of a query are texts; these read as what they stand for. */
const whole = (least: number, most: number) =>
  z.preprocess(
    (value) => (typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
    z.int().min(least).max(most),
  );

const search = z.string().max(200);

const filters = z.preprocess((value, context) => {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch (cause) {
    const got = value.length > 80 ? `${value.slice(0, 80)}...` : value;
    const params = { expected: 'a JSON object, such as {"genre":"Drama"}', got };
    context.addIssue({
      code: "custom",
      message: `not JSON (${cause instanceof Error ? cause.message : cause})`,
      params,
    });
    return z.NEVER;
  }
}, filtersSchema);

export const itemsQuerySchema = z.strictObject({
  search: search.optional().meta({ description: "Words that the title or id contains, any case and accents." }),
  filters: filters.optional().meta({ description: "Conditions, as JSON." }),
  offset: whole(0, Number.MAX_SAFE_INTEGER).optional().meta({ description: "Default 0." }),
  limit: whole(1, MOST.page).optional().meta({ description: "Default 50." }),
});

export const pictureQuerySchema = z.strictObject({
  width: whole(1, MOST.width).optional().meta({ description: "In pixels, at most; default: 512." }),
});

export const neighboursQuerySchema = z.strictObject({
  modality: z.string().min(1).meta({ description: "A modality with vectors." }),
  k: whole(1, MOST.neighbours).optional().meta({ description: "How many; default 10." }),
});

export const usersQuerySchema = z.strictObject({
  search: search.optional().meta({ description: "Text that the id contains." }),
  limit: whole(1, MOST.people).optional().meta({ description: "Default 20." }),
});

export const pathIdSchema = z.strictObject({
  id: z
    .string()
    .min(1)
    .meta({ description: "An id, percent-encoded: any text but `.` and `..`, which URLs take for steps." }),
});

export const swapSchema = z
  .strictObject({
    run: z.string().min(1).max(4096).meta({
      description: "A run folder, absolute or relative to the folder that runs are taken from (`--runs`).",
    }),
  })
  .meta({ id: "SwapModel", examples: [{ run: "second" }] });
