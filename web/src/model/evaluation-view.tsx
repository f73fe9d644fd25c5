import { useEffect } from "react";
import { count, duration } from "../parts/format.js";
import { Empty, Problem, Skeleton } from "../parts/states.js";
import { server } from "../server/server.js";
import { useAnswer } from "../server/use-answer.js";
import { Indicators } from "./indicators.js";
import { Reliability } from "./reliability.js";
import { Slices } from "./slices.js";

/** Milliseconds between two looks at whether measuring has ended. */
const EVERY = 700;

/** How the model does on its test slice; the server measures once, this looks until it has. */
export function EvaluationView({ run }: { run: string }) {
  const { value, error, again } = useAnswer(`evaluation ${run}`, server.evaluation);
  const waits = value?.state === "measuring";
  // biome-ignore lint/correctness/useExhaustiveDependencies: each answer starts the next look
  useEffect(() => {
    if (!waits) return;
    const timer = setTimeout(again, EVERY);
    return () => clearTimeout(timer);
  }, [waits, value, again]);
  return (
    <section aria-label="On rows that it has not seen">
      <h2>On rows that it has not seen</h2>
      {error !== null && <Problem error={error} again={again} title="It was not measured" />}
      {error === null && (value === null || value.state === "measuring") && (
        <div role="status" className="measuring">
          <span>
            {value?.state === "measuring" && value.total !== null
              ? `Measuring: ${count(value.done)} of ${count(value.total)} rows`
              : "Measuring, once; the server keeps it"}
          </span>
          <Skeleton height="14rem" />
        </div>
      )}
      {value?.state === "missing" && (
        <Empty title="The test rows are not at hand">
          <p>{value.reason}</p>
        </Empty>
      )}
      {value?.state === "measured" && (
        <>
          <p className="quiet">
            {count(value.measured.rows)} rows of {count(value.measured.people)} people after everything it was trained
            on; 95 % intervals by drawing people again. Measured in {duration(value.measured.seconds)}.
          </p>
          <Indicators measured={value.measured} />
          <div className="two">
            <Reliability measured={value.measured} />
            <Slices slices={value.measured.slices} overall={value.measured.auc} />
          </div>
        </>
      )}
    </section>
  );
}
