import { useCallback } from "react";
import type { ValidationPoint } from "../../../src/api/training-contract.js";
import { Chart, type ChartProps } from "../parts/chart.js";
import { decimal } from "../parts/format.js";

/** Loss on training and validation, step by step, and where the learning rate fell. */
export function Curves({ validations }: { validations: readonly ValidationPoint[] }) {
  const draw: ChartProps["draw"] = useCallback(
    (plot, width) => {
      const best = validations.filter(({ best }) => best).at(-1);
      const drops = validations.filter(
        ({ learningRate }, at) => at > 0 && learningRate < validations[at - 1]!.learningRate,
      );
      const trained = validations.filter(({ loss }) => loss !== null);
      return {
        marginLeft: 48,
        marginBottom: 40,
        x: { label: "step", ticks: Math.max(3, Math.floor(width / 110)) },
        y: { label: "log-loss", grid: true, ticks: 5, zero: false },
        marks: [
          plot.ruleX(drops, { x: "step", stroke: "var(--edge)", strokeDasharray: "3 3" }),
          plot.line(trained, { x: "step", y: "loss", stroke: "var(--second)" }),
          plot.line(validations, { x: "step", y: "logLoss", stroke: "var(--accent)", strokeWidth: 2 }),
          plot.dot(validations, { x: "step", y: "logLoss", fill: "var(--accent)", r: 2.5 }),
          ...(best === undefined
            ? []
            : [plot.dot([best], { x: "step", y: "logLoss", r: 6, stroke: "var(--accent)", strokeWidth: 2 })]),
        ],
      };
    },
    [validations],
  );
  if (validations.length < 2) return null;
  const best = validations.filter((point) => point.best).at(-1);
  return (
    <>
      <Chart
        height={280}
        draw={draw}
        label={`Log-loss by step, on training and on validation. Best on validation: ${decimal(best?.logLoss ?? null)} at step ${best?.step ?? 0}.`}
      />
      <ul className="legend">
        <li>
          <i className="for" /> validation; the ring is the one that was kept
        </li>
        <li>
          <i className="against" /> training
        </li>
        <li>
          <i className="dashed" /> the learning rate falls
        </li>
      </ul>
    </>
  );
}
