import "./training.css";
import { Button } from "react-aria-components";
import { useApp } from "../address/address-context.js";
import { AppLink } from "../parts/app-link.js";
import { Command } from "../parts/command.js";
import { count, duration } from "../parts/format.js";
import { Empty, Problem, Skeleton } from "../parts/states.js";
import { RunWatch } from "./run-watch.js";
import { useTraining } from "./use-training.js";

/** A training as it runs: loss, validation, speed; and what became of it. */
export default function TrainingPage() {
  useApp();
  const { state, problem, connected, served, again } = useTraining();
  return (
    <>
      <header>
        <h1>Training</h1>
        <p>Loss, validation and speed of a training, as it runs.</p>
      </header>
      {problem !== null && <Problem error={problem} again={again} title="The training cannot be watched" />}
      {problem === null && state === undefined && <Skeleton height="24rem" />}
      {state === null && <NothingTrains />}
      {state !== null && state !== undefined && (
        <>
          <div className="now" role="status">
            <strong>
              {state.state === "running"
                ? state.phase
                : state.state === "ended"
                  ? "Training has ended"
                  : "Training has failed"}
            </strong>
            {state.state === "running" && state.total !== null && (
              <>
                <progress value={state.done} max={state.total} aria-label={state.phase} />
                <span className="number quiet">
                  {count(state.done)} of {count(state.total)} {state.unit}
                </span>
              </>
            )}
            <span className="quiet number">{duration(state.second)} since it began</span>
            {!connected && state.state === "running" && (
              <span className="tag against">connection lost, trying again</span>
            )}
          </div>
          {state.problem !== null && <Problem error={new Error(state.problem)} title="Why" />}
          {state.state === "ended" && state.servedNext && !served && (
            <p className="quiet">The server with the model is starting.</p>
          )}
          {state.run !== null && !state.servedNext && (
            <p>
              The run is there: <Command text={`mmdin serve --run ${state.run}`} />.
            </p>
          )}
          {served && (
            <p>
              <Button
                className="button main"
                onPress={() => {
                  location.hash = "#/";
                  location.reload();
                }}
              >
                Open the shop window
              </Button>
            </p>
          )}
          {[...state.runs].reverse().map((run) => (
            <RunWatch key={`${run.model} ${run.began}`} run={run} />
          ))}
        </>
      )}
    </>
  );
}

function NothingTrains() {
  return (
    <Empty title="Nothing is being trained here">
      <p>
        Start one with <Command text="mmdin train --data DIR --out RUN --watch" />, and open the address that it prints.
        How this model was trained is on the page <AppLink to={{ page: "model" }}>Model</AppLink>.
      </p>
    </Empty>
  );
}
