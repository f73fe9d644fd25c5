import { useCallback, useEffect, useRef, useState } from "react";

/** What a question to the server has come to. */
export interface Answer<T> {
  /** The newest answer; that of an earlier question while the present one is under way. */
  value: T | null;
  /** Whether `value` answers the present question. */
  fresh: boolean;
  error: Error | null;
  /** Whether the present question has waited for more than half a second. */
  slow: boolean;
  again(): void;
}

interface Kept<T> {
  key: string | null;
  value: T | null;
  error: Error | null;
}

/** Milliseconds after which the page says that it waits. */
const PATIENCE = 500;

/**
 * Asks whenever `key` changes (null asks nothing) and keeps the last answer on the page until the next one is there: nothing jumps.
 * A question that is no longer wanted is called off.
 */
export function useAnswer<T>(key: string | null, ask: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [kept, setKept] = useState<Kept<T>>({ key: null, value: null, error: null });
  const [slowKey, setSlowKey] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `tries` asks the same question again
  useEffect(() => {
    if (key === null) return setKept({ key, value: null, error: null });
    const controller = new AbortController();
    const timer = setTimeout(() => setSlowKey(key), PATIENCE);
    latest
      .current(controller.signal)
      .then((value) => {
        if (!controller.signal.aborted) setKept({ key, value, error: null });
      })
      .catch((error: unknown) => {
        if (controller.signal.aborted) return;
        const problem = error instanceof Error ? error : new Error(String(error));
        setKept((before) => ({ key, value: before.value, error: problem }));
      })
      .finally(() => clearTimeout(timer));
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [key, tries]);

  const again = useCallback(() => {
    setKept((before) => ({ ...before, key: null, error: null }));
    setTries((n) => n + 1);
  }, []);
  const fresh = kept.key === key && kept.error === null && kept.value !== null;
  const settled = kept.key === key;
  return {
    value: kept.value,
    fresh,
    error: settled ? kept.error : null,
    slow: !settled && slowKey === key && key !== null,
    again,
  };
}
