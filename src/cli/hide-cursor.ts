const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Hides the cursor of a terminal while something is redrawn on it; gives the function that brings it back.
 *
 * Whatever ends the process, the cursor comes back first. Where nobody else listens, a signal ends the process still.
 */
export function hideCursor(stream: NodeJS.WritableStream): () => void {
  const show = (): void => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off("exit", show);
    stream.write("\u001b[?25h");
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    show();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  stream.write("\u001b[?25l");
  for (const signal of SIGNALS) process.prependListener(signal, onSignal);
  process.once("exit", show);
  return show;
}
