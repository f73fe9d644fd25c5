import type { CompareReport, Comparison } from "./report.js";
import { against } from "./report-text.js";

/** An ablation read as what it is: rungs, each with its worth, and parts taken away from the whole. */
export interface Ladder {
  /** Names of the rungs, lowest first; the last one is the whole. */
  rungs: string[];
  /** Rung minus the rung below it. */
  steps: Comparison[];
  /** Line without a part minus the whole. */
  without: Comparison[];
}

/**
 * Which comparisons of an ablation are steps of the ladder, and which take a part away.
 *
 * The whole is `report.best`. Lines up to it are rungs, and a comparison of two neighbours among them is a step; lines
 * after it lack a part, and theirs with the whole says what the part is worth.
 */
export function ladderOf({ lines, best, comparisons }: CompareReport, indicator: Comparison["indicator"]): Ladder {
  const names = lines.map(({ name }) => name);
  const whole = best === null ? names.length - 1 : names.indexOf(best);
  const rungs = names.slice(0, whole + 1);
  const own = comparisons.filter((comparison) => comparison.indicator === indicator);
  const pair = (upper: string, lower: string): Comparison[] =>
    own.flatMap((comparison) => {
      const turned = comparison.first === upper || comparison.second === upper ? against(comparison, lower) : undefined;
      return turned === undefined || turned.first !== upper ? [] : [turned];
    });
  return {
    rungs,
    steps: rungs.slice(1).flatMap((rung, index) => pair(rung, rungs[index]!)),
    without: names.slice(whole + 1).flatMap((name) => pair(name, rungs.at(-1)!)),
  };
}

/** "whole less gates" -> "gates" */
export function partOf(name: string): string {
  return name.replace(/^whole less /, "");
}
