import type { Person, RankQuestion, RecommendQuestion } from "../../api/contract.js";
import { MmdinError } from "../../errors.js";

/** What one question may ask at most. */
export const MOST_CANDIDATES = 10_000;
export const MOST_EXPLAINED = 20;
const MOST_STEPS = 10_000;

/** @throws MmdinError REQUEST: what is wrong, and where. */
export function checkRankQuestion(question: RankQuestion): void {
  checkPerson(question);
  const { candidates, explain } = question;
  const most = explain ? MOST_EXPLAINED : MOST_CANDIDATES;
  const expected = `1 to ${most.toLocaleString("en")} ids${explain ? ", where they are explained" : ""}`;
  if (!Array.isArray(candidates)) throw wrong("candidates", { expected, got: kindOf(candidates) });
  if (candidates.length === 0 || candidates.length > most)
    throw wrong("candidates", { expected, got: String(candidates.length) });
  candidates.forEach((id, index) => {
    checkId(id, `candidates[${index}]`);
  });
}

/** What rank, recommend and explain share. */
export function checkPerson({ user, history, time, context }: Person): void {
  if (user !== undefined) checkId(user, "user");
  if (time !== undefined && !Number.isFinite(time))
    throw wrong("time", { expected: "seconds since 1970, or a position", got: String(time) });
  if (context !== undefined && !isRecord(context))
    throw wrong("context", { expected: "values by name", got: kindOf(context) });
  if (history === undefined) return;
  if (!Array.isArray(history)) throw wrong("history", { expected: "a list of steps", got: kindOf(history) });
  if (history.length > MOST_STEPS)
    throw wrong("history", { expected: `at most ${MOST_STEPS} steps`, got: String(history.length) });
  history.forEach((step: unknown, index) => {
    const at = `history[${index}]`;
    if (!isRecord(step)) throw wrong(at, { expected: "{ item, time, label, features }", got: kindOf(step) });
    checkId(step.item, `${at}.item`);
    if (step.time !== undefined && !Number.isFinite(step.time))
      throw wrong(`${at}.time`, { expected: "seconds since 1970, or a position", got: String(step.time) });
    if (step.label !== undefined && step.label !== 0 && step.label !== 1)
      throw wrong(`${at}.label`, { expected: "0 or 1", got: String(step.label) });
    if (step.features !== undefined && !isRecord(step.features))
      throw wrong(`${at}.features`, { expected: "values by name", got: kindOf(step.features) });
  });
}

export function checkId(id: unknown, where: string): asserts id is string {
  if (typeof id !== "string" || id === "") throw wrong(where, { expected: "an id, as text", got: kindOf(id) });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function wrong(where: string, details: { expected: string; got: string; fix?: string }): MmdinError {
  return new MmdinError("REQUEST", "not what it should be", { where, ...details });
}

function kindOf(value: unknown): string {
  if (value === "") return "an empty text";
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "a list" : typeof value;
}

const MOST_RESULTS = 100;
const MOST_EXCLUDED = 10_000;

/** @throws MmdinError REQUEST: what is wrong, and where. Filters and cap are checked where they are read. */
export function checkRecommendQuestion(question: RecommendQuestion): void {
  checkPerson(question);
  const { k, exclude, filters, diversity, cap, explain } = question;
  const most = explain ? MOST_EXPLAINED : MOST_RESULTS;
  if (k !== undefined && !(Number.isSafeInteger(k) && k >= 1 && k <= most)) {
    const expected = `a whole number from 1 to ${most}${explain ? ", where they are explained" : ""}`;
    throw wrong("k", { expected, got: String(k) });
  }
  if (exclude !== undefined) {
    if (!Array.isArray(exclude)) throw wrong("exclude", { expected: "a list of ids", got: kindOf(exclude) });
    if (exclude.length > MOST_EXCLUDED)
      throw wrong("exclude", { expected: `at most ${MOST_EXCLUDED} ids`, got: String(exclude.length) });
    exclude.forEach((id, index) => {
      checkId(id, `exclude[${index}]`);
    });
  }
  if (filters !== undefined && !isRecord(filters))
    throw wrong("filters", { expected: "conditions by modality", got: kindOf(filters) });
  if (diversity !== undefined && !(diversity >= 0 && diversity <= 1))
    throw wrong("diversity", { expected: "a number from 0 to 1", got: String(diversity) });
  if (cap !== undefined && !isRecord(cap)) throw wrong("cap", { expected: "{ modality, most }", got: kindOf(cap) });
}
