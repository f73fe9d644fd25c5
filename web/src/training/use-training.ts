import { useCallback, useEffect, useState } from "react";
import type { TrainingState } from "../../../src/api/training-contract.js";
import { server, TRAINING_EVENTS } from "../server/server.js";

export interface WatchedTraining {
  /** Undefined until the server has answered; null where it trains nothing. */
  state: TrainingState | null | undefined;
  problem: Error | null;
  /** Whether news come as they happen. */
  connected: boolean;
  /** Whether a server with the trained model answers by now. */
  served: boolean;
  again(): void;
}

/** Milliseconds between two looks at whether the server with the model is there. */
const EVERY = 1000;

/** Follows a training: asks once whether there is one, then is told. */
export function useTraining(): WatchedTraining {
  const [state, setState] = useState<TrainingState | null>();
  const [problem, setProblem] = useState<Error | null>(null);
  const [connected, setConnected] = useState(false);
  const [served, setServed] = useState(false);
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `tries` asks again
  useEffect(() => {
    const controller = new AbortController();
    let events: EventSource | undefined;
    const follow = (): void => {
      events = new EventSource(TRAINING_EVENTS);
      events.onopen = () => setConnected(true);
      events.onerror = () => setConnected(false);
      events.addEventListener("state", ({ data }: MessageEvent<string>) => {
        const next = JSON.parse(data) as TrainingState;
        setState(next);
        if (next.state !== "running") events?.close(); // the stream ends; a browser would open it again
      });
    };
    server
      .watched(controller.signal)
      .then((found) => {
        setState(found);
        if (found?.state === "running") follow();
      })
      .catch((error: unknown) => {
        if (!controller.signal.aborted) setProblem(error instanceof Error ? error : new Error(String(error)));
      });
    return () => {
      controller.abort();
      events?.close();
    };
  }, [tries]);

  const waits = state?.state === "ended" && state.servedNext && !served;
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(() => void server.answers().then(setServed), EVERY);
    return () => clearInterval(timer);
  }, [waits]);
  const again = useCallback(() => {
    setProblem(null);
    setTries((n) => n + 1);
  }, []);
  return { state, problem, connected, served, again };
}
