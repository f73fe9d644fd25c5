import type { CalibrationBin } from "../../metrics/index.js";
import type { Draftsman, PlotText } from "./plot-svg.js";

export interface ReliabilityPlot extends PlotText {
  before: readonly CalibrationBin[];
  after: readonly CalibrationBin[];
}

/** Share of positives over predicted probability, before calibration (rings) and after (dots); right is on the diagonal. */
export function reliabilityPlot({ plot, draw }: Draftsman, { before, after, ...text }: ReliabilityPlot): string {
  const ticks = [0, 0.5, 1];
  const place = { x: "probability", y: "rate" } as const;
  return draw(
    {
      width: 180,
      height: 180,
      marginLeft: 30,
      marginRight: 10,
      marginTop: 8,
      marginBottom: 24,
      x: { domain: [0, 1] },
      y: { domain: [0, 1] },
      marks: [
        plot.line([0, 1], { x: (value: number) => value, y: (value: number) => value, strokeOpacity: 0.35 }),
        plot.axisX({ ticks, tickSize: 0, label: null }),
        plot.axisY({ ticks, tickSize: 0, label: null }),
        plot.line(before, { ...place, stroke: "var(--second)", strokeWidth: 1 }),
        plot.dot(before, { ...place, stroke: "var(--second)", r: 2.5 }),
        plot.line(after, { ...place, stroke: "var(--accent)", strokeWidth: 1.5 }),
        plot.dot(after, { ...place, fill: "var(--accent)", r: 2.5 }),
      ],
    },
    text,
  );
}
