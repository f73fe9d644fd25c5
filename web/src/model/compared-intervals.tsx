import { useCallback } from "react";
import type { ComparedModel } from "../../../src/api/training-contract.js";
import { Chart, type ChartProps } from "../parts/chart.js";
import { decimal } from "../parts/format.js";

/** Test AUC of each line with its interval over seeds. */
export function ComparedIntervals({ lines, best }: { lines: readonly ComparedModel[]; best: string | null }) {
  const draw: ChartProps["draw"] = useCallback(
    (plot, width) => {
      const shown = lines.flatMap(({ name, auc }) =>
        auc.value === null
          ? []
          : [{ name, value: auc.value, low: auc.interval?.[0] ?? auc.value, high: auc.interval?.[1] ?? auc.value }],
      );
      const longest = Math.max(...shown.map(({ name }) => name.length));
      const colour = ({ name }: { name: string }): string => (name === best ? "var(--accent)" : "var(--edge)");
      return {
        marginLeft: Math.min(width * 0.4, 16 + 7.2 * longest),
        marginRight: 24,
        marginBottom: 40,
        x: { label: "test AUC", grid: true, ticks: Math.max(3, Math.floor(width / 130)), nice: true },
        y: { domain: shown.map(({ name }) => name), label: null, tickSize: 0 },
        marks: [
          plot.ruleY(shown, { y: "name", x1: "low", x2: "high", stroke: colour, strokeWidth: 2.5 }),
          plot.dot(shown, { y: "name", x: "value", r: 4.5, fill: colour }),
        ],
      };
    },
    [lines, best],
  );
  const label = lines.map(({ name, auc }) => `${name} ${decimal(auc.value)}`).join(", ");
  return <Chart height={70 + 26 * lines.length} draw={draw} label={`Test AUC with 95 % intervals: ${label}.`} />;
}
