import { MmdinError } from "../../errors.js";
import type { StoreLimits } from "./state-store.js";

/** Limits with their defaults. */
export interface CheckedLimits {
  eventsPerUser: number;
  /** Milliseconds; infinite where people are kept for ever. */
  timeToLive: number;
  /** Undefined: every feature whose value reads as a number. */
  averaged: ReadonlySet<string> | undefined;
  /** Milliseconds. */
  patience: number;
}

const EVENTS_PER_USER = 1000;
const PATIENCE = 250;

/** @throws MmdinError CONFIG for a limit that limits nothing. */
export function checkLimits({
  eventsPerUser = EVENTS_PER_USER,
  timeToLive,
  averaged,
  patience = PATIENCE,
}: StoreLimits): CheckedLimits {
  if (!Number.isSafeInteger(eventsPerUser) || eventsPerUser < 1)
    throw wrongLimit("eventsPerUser", { expected: "a whole number of at least 1", got: String(eventsPerUser) });
  if (timeToLive !== undefined && !(Number.isFinite(timeToLive) && timeToLive > 0))
    throw wrongLimit("timeToLive", { expected: "seconds, more than 0", got: String(timeToLive) });
  if (!(Number.isFinite(patience) && patience > 0))
    throw wrongLimit("patience", { expected: "milliseconds, more than 0", got: String(patience) });
  return {
    eventsPerUser,
    patience,
    timeToLive: timeToLive === undefined ? Number.POSITIVE_INFINITY : timeToLive * 1000,
    averaged: averaged === undefined ? undefined : new Set(averaged),
  };
}

function wrongLimit(where: string, details: { expected: string; got: string }): MmdinError {
  return new MmdinError("CONFIG", "not a limit of a store", { where, ...details });
}
