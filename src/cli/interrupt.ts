import { printNote } from "./output.js";

/** Exit code of a command ended by Ctrl-C, as shells know it: 128 + SIGINT. */
export const INTERRUPTED = 130;

/**
 * Lets Ctrl-C (and SIGTERM) ask for a clean stop: the first one aborts `signal` and says so, the second one ends the
 * process at once.
 *
 * @param message what is said at the first one.
 */
export function listenForInterrupt(message: string): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    printNote(message);
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    dispose() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
