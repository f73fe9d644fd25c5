import { useCallback } from "react";
import type { MeasuredModel } from "../../../src/api/training-contract.js";
import { Chart, type ChartProps } from "../parts/chart.js";
import { decimal } from "../parts/format.js";

/** Predicted probabilities beside what happened, before and after calibration. */
export function Reliability({ measured }: { measured: MeasuredModel }) {
  const { before, after, kind } = measured.reliability;
  const draw: ChartProps["draw"] = useCallback(
    (plot, width) => {
      const most = Math.max(0.1, ...[...before, ...after].flatMap(({ probability, rate }) => [probability, rate]));
      const domain: [number, number] = [0, Math.min(1, most * 1.05)];
      return {
        marginLeft: 44,
        marginBottom: 40,
        x: { domain, label: "predicted", ticks: Math.max(3, Math.floor(width / 90)), tickFormat: ".2~f" },
        y: { domain, label: "happened", grid: true, ticks: 5, tickFormat: ".2~f" },
        marks: [
          plot.line(
            [
              [0, 0],
              [1, 1],
            ],
            { stroke: "var(--edge)", strokeDasharray: "4 4", clip: true },
          ),
          plot.line(before, { x: "probability", y: "rate", stroke: "var(--second)", strokeOpacity: 0.7 }),
          plot.dot(before, { x: "probability", y: "rate", fill: "var(--second)", r: 2.5 }),
          plot.line(after, { x: "probability", y: "rate", stroke: "var(--accent)", strokeWidth: 2 }),
          plot.dot(after, { x: "probability", y: "rate", fill: "var(--accent)", r: 3.5 }),
        ],
      };
    },
    [before, after],
  );
  return (
    <section aria-label="Reliability">
      <h3>Do its probabilities hold?</h3>
      <p className="small quiet">
        On the line, of 100 rows said to be 30 % likely 30 are wanted. ECE {decimal(measured.ece)}.
      </p>
      <Chart
        height={300}
        draw={draw}
        label={`Reliability: predicted probabilities beside what happened, in ${after.length} bins. ECE ${decimal(measured.ece)}.`}
      />
      <ul className="legend">
        <li>
          <i className="for" /> as it answers{kind === "none" ? "" : `, calibrated (${kind})`}
        </li>
        {before.length > 0 && (
          <li>
            <i className="against" /> before calibration
          </li>
        )}
        <li>
          <i className="dashed" /> perfect
        </li>
      </ul>
    </section>
  );
}
