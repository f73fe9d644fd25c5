import type { CompareReport, ReportLine } from "./report.js";
import type { ValidationPoint } from "./validation-plot.js";

/** A line that was validated on its way: a model that counts is not. */
export interface ValidationCurve {
  name: string;
  points: ValidationPoint[];
}

/** The curves of a report, and the one whose mean the others are drawn beside: the best line, or the first that has a curve. */
export function validationCurves({ lines, best }: Pick<CompareReport, "lines" | "best">): {
  curves: ValidationCurve[];
  reference: ValidationCurve | undefined;
} {
  const curves = lines.map((line) => ({ name: line.name, points: pointsOf(line) })).filter((c) => c.points.length > 1);
  return { curves, reference: curves.find(({ name }) => name === best) ?? curves[0] };
}

function pointsOf({ cells }: ReportLine): ValidationPoint[] {
  return cells.flatMap(({ seed, validations }) =>
    validations.flatMap(({ step, logLoss }) => (logLoss === null ? [] : [{ seed, step, logLoss }])),
  );
}
