const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Calls `restore` once where a signal comes or the process ends, before anybody else hears of it: what is redrawn on a terminal
 * takes itself away and gives the cursor back. Where nobody else listens, a signal ends the process still.
 *
 * @returns the function that calls it off.
 */
export function whenEnding(restore: () => void): () => void {
  const dispose = (): void => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off("exit", end);
  };
  const end = (): void => {
    dispose();
    restore();
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    end();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.prependListener(signal, onSignal);
  process.once("exit", end);
  return dispose;
}
