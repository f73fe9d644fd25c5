import type { Person, RankQuestion } from "../../api/contract.js";
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
