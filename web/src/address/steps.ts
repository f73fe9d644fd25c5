import type { FeatureValue, HistoryStep } from "../../../src/contract.js";

/** A step of the history as the app keeps it; label null: neither liked nor disliked is known. */
export interface Step {
  item: string;
  label: 0 | 1 | null;
  time?: number;
  features?: Readonly<Record<string, FeatureValue>>;
}

/** Whose wants are asked for: a known person or nobody, and the history, oldest first. */
export interface Taste {
  user: string | null;
  steps: readonly Step[];
}

export const NOBODY: Taste = { user: null, steps: [] };

const SIGNS = { "+": 1, "-": 0, ".": null } as const;

/** Seconds between two steps that are clicked together, where the data has a clock. */
const APART = 60;

/** A history as text for the address: `+id~time~feature=value,-id...`; times in base 36. */
export function stepsToText(steps: readonly Step[]): string {
  return steps.map(stepToText).join(",");
}

/** Reads what `stepsToText` wrote; what cannot be read is left out. */
export function stepsFromText(text: string): Step[] {
  return text.split(",").flatMap((part) => stepFromText(part) ?? []);
}

function stepToText({ item, label, time, features = {} }: Step): string {
  const sign = label === 1 ? "+" : label === 0 ? "-" : ".";
  const parts = [`${sign}${encodedPart(item)}`];
  if (time !== undefined) parts.push(Number.isInteger(time) ? time.toString(36) : `*${time}`);
  for (const [name, value] of Object.entries(features))
    parts.push(
      `${encodedPart(name)}${typeof value === "string" ? `=${encodedPart(value)}` : `:${encodedPart(JSON.stringify(value))}`}`,
    );
  return parts.join("~");
}

function stepFromText(text: string): Step | undefined {
  const [head = "", ...rest] = text.split("~");
  const sign = decodedPart(head.slice(0, 1) === "%" ? head.slice(0, 3) : head.slice(0, 1));
  const item = decodedPart(head.slice(head.startsWith("%") ? 3 : 1));
  if (!(sign === "+" || sign === "-" || sign === ".") || item === "") return undefined;
  const step: Step = { item, label: SIGNS[sign] };
  const features: Record<string, FeatureValue> = {};
  for (const part of rest) {
    const [, name, kind, value] = /^([^=:]+)([=:])(.*)$/.exec(part) ?? [];
    if (name === undefined) {
      const time = part.startsWith("*") ? Number(part.slice(1)) : Number.parseInt(part, 36);
      if (Number.isFinite(time)) step.time = time;
    } else if (kind === "=") features[decodedPart(name)] = decodedPart(value ?? "");
    else {
      const read = parsed(decodedPart(value ?? ""));
      if (read !== undefined) features[decodedPart(name)] = read;
    }
  }
  if (Object.keys(features).length > 0) step.features = features;
  return step;
}

/** A value of a feature that is no text; undefined where somebody has damaged the address. */
function parsed(text: string): FeatureValue | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value === "number" || typeof value === "boolean") return value;
    if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) return value;
    return undefined;
  } catch {
    return undefined; // an address is input: what it does not say is not there
  }
}

/** Everything that separates parts is escaped, too. */
function encodedPart(text: string): string {
  return encodeURIComponent(text).replace(/[~.!*'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decodedPart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What the server is asked with: the steps as events, and a moment after the last of them as "now". */
export function questionOf(
  { user, steps }: Taste,
  { clock }: { clock: "time" | "order" },
): { user?: string; history: HistoryStep[]; time?: number } {
  const history = steps.map(
    ({ item, label, time, features }): HistoryStep => ({
      item,
      ...(label !== null && { label }),
      ...(time !== undefined && { time }),
      ...(features !== undefined && { features }),
    }),
  );
  const times = steps.flatMap(({ time }) => time ?? []);
  const now = times.length > 0 ? Math.max(...times) + (clock === "time" ? APART : 1) : undefined;
  return { ...(user !== null && { user }), history, ...(now !== undefined && { time: now }) };
}

/** The time of a step that is added after others: a minute (or a position) after the latest, or after the log. */
export function nextTime(
  steps: readonly Step[],
  { clock, lastTime }: { clock: "time" | "order"; lastTime: number },
): number {
  const latest = steps.reduce((most, { time }) => Math.max(most, time ?? Number.NEGATIVE_INFINITY), lastTime);
  return latest + (clock === "time" ? APART : 1);
}

/** The steps in another order: the times stay where they are, the items move. */
export function reordered(steps: readonly Step[], order: readonly number[]): Step[] {
  const times = steps.map(({ time }) => time);
  return order.map((from, at) => {
    const { time: _, ...rest } = steps[from]!;
    const time = times[at];
    return time === undefined ? rest : { ...rest, time };
  });
}
