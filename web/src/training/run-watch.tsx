import { useCallback } from "react";
import type { WatchedRun } from "../../../src/api/training-contract.js";
import { Chart, type ChartProps } from "../parts/chart.js";
import { count, decimal } from "../parts/format.js";

/** One model in training: the curves so far, and the latest numbers. */
export function RunWatch({ run }: { run: WatchedRun }) {
  const { model, steps, validations, ending, began } = run;
  const loss: ChartProps["draw"] = useCallback(
    (plot, width) => ({
      marginLeft: 48,
      marginBottom: 40,
      x: { label: "seconds", ticks: Math.max(3, Math.floor(width / 110)) },
      y: { label: "log-loss", grid: true, ticks: 5, zero: false },
      marks: [
        plot.line(steps, { x: ({ second }) => second - began, y: "loss", stroke: "var(--second)", strokeOpacity: 0.8 }),
        plot.line(validations, {
          x: ({ second }) => second - began,
          y: "logLoss",
          stroke: "var(--accent)",
          strokeWidth: 2,
        }),
        plot.dot(validations, {
          x: ({ second }) => second - began,
          y: "logLoss",
          fill: "var(--accent)",
          r: ({ best }) => (best ? 4.5 : 2.5),
        }),
      ],
    }),
    [steps, validations, began],
  );
  const last = steps.at(-1);
  const latest = validations.at(-1);
  const best = validations.filter((point) => point.best).at(-1);
  const figures: [string, string][] = [
    ["loss now", decimal(last?.loss ?? null)],
    ["rows per second", last?.rowsPerSecond == null ? "not yet" : count(Math.round(last.rowsPerSecond))],
    ["validation log-loss", latest === undefined ? "not yet" : decimal(latest.logLoss)],
    ["validation AUC", latest === undefined ? "not yet" : decimal(latest.auc)],
    ["best so far", best === undefined ? "not yet" : `${decimal(best.logLoss)}, epoch ${best.epoch}`],
    ["learning rate", latest === undefined ? "not yet" : String(Number(latest.learningRate.toPrecision(2)))],
  ];
  const counts = steps.length === 0 && ending !== null;
  return (
    <section aria-label={`Training of ${model}`} className="watched">
      <div className="section-head">
        <h2>{model}</h2>
        <span className={`tag ${run.state === "running" ? "for" : ""}`}>{ending ?? "running"}</span>
      </div>
      {counts ? (
        <p className="quiet">
          It counts, and takes no steps{latest === undefined ? "." : `: validation AUC ${decimal(latest.auc)}.`}
        </p>
      ) : (
        <>
          <dl className="latest">
            {figures.map(([name, value]) => (
              <div key={name}>
                <dt className="small quiet">{name}</dt>
                <dd className="number">{value}</dd>
              </div>
            ))}
          </dl>
          {steps.length + validations.length > 1 && (
            <>
              <Chart
                height={280}
                draw={loss}
                label={`Log-loss of ${model} by seconds: in training now ${decimal(last?.loss ?? null)}, on validation ${decimal(latest?.logLoss ?? null)}.`}
              />
              <ul className="legend">
                <li>
                  <i className="for" /> validation; large: the best so far
                </li>
                <li>
                  <i className="against" /> training, step by step
                </li>
              </ul>
            </>
          )}
        </>
      )}
    </section>
  );
}
