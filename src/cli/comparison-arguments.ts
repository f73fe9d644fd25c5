import { MmdinError } from "../errors.js";
import { wholeNumber } from "./arguments.js";

/** Arguments that `compare` and `ablate` share. */
export const comparisonArguments = {
  data: { type: "string", required: true, valueHint: "DIR", description: "Folder that `mmdin prepare` wrote" },
  out: {
    type: "string",
    required: true,
    valueHint: "REPORT",
    description: "Folder of the report; finished trainings that lie there are not made again",
  },
  seeds: {
    type: "string",
    valueHint: "N",
    description: "How many seeds each line is trained with (default 5), or which: 1,2,7",
  },
  config: { type: "string", valueHint: "FILE", description: "grid.yaml: lines, features, tuning" },
  set: { type: "string", valueHint: "KEY=VALUE ...", description: "Options of every line, as epochs=5" },
  jobs: { type: "string", valueHint: "N", description: "Trainings at a time (default: one per core)" },
  threads: { type: "string", valueHint: "N", description: "Compute threads of one training (default 1)" },
  retry: { type: "boolean", description: "Try again what failed before" },
  "keep-runs": { type: "boolean", description: "Keep the run folder of every training" },
  json: { type: "boolean", description: "Print report.json" },
} as const;

/**
 * The seeds that `--seeds` names: `5` is 1 to 5, `3,7` are these two.
 *
 * @throws MmdinError CONFIG where it is neither.
 */
export function seedsOf(value: string | undefined): number[] | undefined {
  if (value === undefined) return undefined;
  const option = "--seeds";
  const listed = value.split(",").map((part) => part.trim());
  if (listed.length === 1) {
    const count = wholeNumber(value, { option, least: 1 }) ?? 1;
    if (count > 1000) {
      throw new MmdinError("CONFIG", "so many seeds", { where: option, expected: "at most 1,000", got: value });
    }
    return Array.from({ length: count }, (_, i) => i + 1);
  }
  const named = listed.filter((part) => part !== "");
  if (named.length === 0) {
    const expected = "a number of seeds, or a list as 1,2,7";
    throw new MmdinError("CONFIG", "no seeds", { where: option, expected, got: value });
  }
  return named.map((part) => wholeNumber(part, { option }) ?? 0);
}
