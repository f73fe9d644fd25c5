import { useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { count } from "../parts/format.js";
import { Problem } from "../parts/states.js";
import { useModel } from "../server/model-context.js";
import { type Agreement, compareAnswers, TOLERANCE } from "./agreement.js";

const REQUESTS = 100;

/** Asks both, this browser and the server, the same hundred questions of nobody. */
export function AgreementCheck() {
  const model = useModel();
  const [done, setDone] = useState<number | null>(null);
  const [found, setFound] = useState<Agreement | null>(null);
  const [problem, setProblem] = useState<Error | null>(null);
  const running = useRef(new AbortController());
  useEffect(() => () => running.current.abort(), []);
  const run = async (): Promise<void> => {
    running.current.abort();
    running.current = new AbortController();
    const { signal } = running.current;
    setProblem(null);
    setFound(null);
    setDone(0);
    try {
      setFound(await compareAnswers({ count: REQUESTS, model, seed: 1 }, { signal, progress: setDone }));
    } catch (error) {
      if (!signal.aborted) setProblem(error instanceof Error ? error : new Error(String(error)));
    } finally {
      if (!signal.aborted) setDone(null);
    }
  };
  return (
    <section aria-label="Do both answer alike?">
      <h2>Do both answer alike?</h2>
      <p className="quiet">
        The same {REQUESTS} questions of nobody, drawn from the catalogue, go to this browser and to the server. Yours
        are not among them.
      </p>
      <Button className="button" onPress={() => void run()} isDisabled={done !== null}>
        {done === null ? `Ask both ${REQUESTS} times` : `Asked ${done} of ${REQUESTS}`}
      </Button>
      <div role="status">
        {found !== null && (
          <p className="agreement">
            <strong className={found.largest < TOLERANCE ? "for" : "against"}>
              {found.largest < TOLERANCE ? "Yes" : "No"}: {count(found.candidates)} probabilities differ by at most{" "}
              <span className="number" data-largest={found.largest}>
                {found.largest.toExponential(1)}
              </span>
              .
            </strong>{" "}
            One answer takes <span className="number">{found.device.toFixed(1)} ms</span> here, and{" "}
            <span className="number">{found.server.toFixed(1)} ms</span> with the way to the server and back.
          </p>
        )}
      </div>
      {problem !== null && <Problem error={problem} again={() => void run()} title="They could not be compared" />}
    </section>
  );
}
