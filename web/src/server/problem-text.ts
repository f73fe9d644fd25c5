import { MmdinError, MmdinProblem } from "../../../src/client/index.js";

/** An error in words for people: what is wrong, and what to do where that is known. */
export function problemText(error: Error): { problem: string; fix: string | null } {
  if (error instanceof MmdinProblem) {
    const { retryAfter } = error;
    const wait = retryAfter === undefined ? null : `Ask again in ${retryAfter} s.`;
    return { problem: error.message, fix: wait };
  }
  if (error instanceof MmdinError && error.code === "IO")
    return {
      problem: "The server does not answer.",
      fix: "Is it still running? Look where `mmdin serve` was started.",
    };
  return { problem: error.message, fix: null };
}
