import { MmdinError } from "../../errors.js";

export const busy = (most: number): MmdinError =>
  new MmdinError("BUSY", "too many questions wait already", {
    expected: `at most ${most}`,
    fix: "Ask again in a moment; more workers, or a longer queue, take more.",
  });

export const late = (): MmdinError => new MmdinError("DEADLINE", "not answered in time");

export const withdrawn = ({ reason }: AbortSignal): MmdinError =>
  new MmdinError("DEADLINE", "the answer is no longer wanted", { cause: reason });

export const diedTwice = (where: string, cause: Error): MmdinError =>
  new MmdinError("RUNTIME", "a worker thread died on this question, and so did the next one", {
    where,
    got: cause.message,
    cause,
  });
