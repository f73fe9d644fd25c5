import type { Draftsman, PlotText } from "./plot-svg.js";

export interface ValidationPoint {
  seed: number;
  step: number;
  logLoss: number;
}

export interface ValidationPlot extends PlotText {
  points: readonly ValidationPoint[];
  /** Means of the line that the others are seen beside. */
  reference: readonly { step: number; logLoss: number }[];
  domain: { step: [number, number]; logLoss: [number, number] };
}

/** Log-loss on validation by step: every seed thin, their mean thick, the reference quiet. What lies above the domain is left out. */
export function validationPlot({ plot, draw }: Draftsman, options: ValidationPlot): string {
  const { points, reference, domain, ...text } = options;
  const place = { x: "step", y: "logLoss" } as const;
  const seen = <Point extends { logLoss: number }>(from: readonly Point[]): Point[] =>
    from.filter(({ logLoss }) => logLoss <= domain.logLoss[1]);
  return draw(
    {
      width: 240,
      height: 150,
      marginLeft: 44,
      marginRight: 12,
      marginTop: 10,
      marginBottom: 24,
      x: { domain: domain.step },
      y: { domain: domain.logLoss },
      marks: [
        plot.gridY({ ticks: 4, strokeOpacity: 0.12 }),
        plot.axisX({ ticks: 3, tickSize: 0, label: null }),
        plot.axisY({ ticks: 4, tickSize: 0, label: null, tickFormat: (value: number) => value.toFixed(2) }),
        plot.line(seen(reference), { ...place, strokeOpacity: 0.4, strokeDasharray: "3 3" }),
        plot.line(seen(points), {
          ...place,
          z: "seed",
          stroke: "var(--accent)",
          strokeWidth: 0.75,
          strokeOpacity: 0.55,
        }),
        plot.line(seen(meanBySteps(points)), { ...place, stroke: "var(--accent)", strokeWidth: 2 }),
      ],
    },
    text,
  );
}

/** Mean log-loss of every step that at least half of the seeds reached. */
export function meanBySteps(points: readonly ValidationPoint[]): { step: number; logLoss: number }[] {
  const steps = new Map<number, number[]>();
  for (const { step, logLoss } of points) steps.set(step, [...(steps.get(step) ?? []), logLoss]);
  const seeds = new Set(points.map(({ seed }) => seed)).size;
  return [...steps]
    .filter(([, found]) => 2 * found.length >= seeds)
    .sort(([a], [b]) => a - b)
    .map(([step, found]) => ({ step, logLoss: found.reduce((sum, value) => sum + value, 0) / found.length }));
}
