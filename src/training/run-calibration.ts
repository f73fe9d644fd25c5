import type { Catalogue, Dataset, Split } from "../data/columns.js";
import { usersOf } from "../data/users-of.js";
import {
  applyLogitMap,
  type CalibrationBin,
  type CalibrationTrial,
  type ChosenCalibration,
  calibration,
  chooseCalibration,
  fitLogitMap,
  type LogitMap,
  type LogitMapKind,
  logLoss,
  type Scores,
} from "../metrics/index.js";

/** How probabilities agree with what happened. */
export interface CalibrationMeasure {
  logLoss: number | null;
  /** Over 15 bins of equal mass. */
  ece: number | null;
  /** The reliability table. */
  bins: CalibrationBin[];
}

/** The calibration of a run, as its manifest holds it: the map, and how it was come by. */
export type RunCalibration = LogitMap & {
  /** What the run's option asked for; "platt" for counting models, whose scores are no logits. */
  asked: "auto" | LogitMapKind;
  /** On the rows of validation, which the map was fitted on: `trials` say what it does to others. */
  validation: {
    rows: number;
    /** Null for counting models. */
    before: Omit<CalibrationMeasure, "bins"> | null;
    after: Omit<CalibrationMeasure, "bins">;
    /** Every kind on rows held out, later ones where rows share a clock that is not too coarse, else of other people; none for counting models, and where there was nothing to compare. */
    trials: CalibrationTrial[];
  };
};

/** The rows that a calibration is fitted on: the validation slice under the best weights. */
export interface CalibrationSlice {
  /** [B] as the model gives them. */
  logits: Float32Array;
  label: Uint8Array;
  user: Int32Array;
  /** Absent where rows share no clock. */
  time?: Float64Array | undefined;
}

/** The rows of validation, with logits of them. */
export function calibrationSlice({ catalogue, events, rows }: Dataset, logits: Float32Array): CalibrationSlice {
  const { label, event } = rows.valid;
  const user = usersOf(events, event);
  const time = catalogue.history.clock === "time" ? Float64Array.from(event, (e) => events.time[e]!) : undefined;
  return { logits, label, user, time };
}

/** Fits the calibration of a run; `counted` says that the model's scores are no logits, which Platt's line makes them. */
export function calibrateRun(
  { logits, label, user, time }: CalibrationSlice,
  { asked = "platt", counted = false }: { asked?: RunCalibration["asked"]; counted?: boolean },
): { calibration: RunCalibration; logits: Float32Array } {
  const { map, trials }: ChosenCalibration = counted
    ? { map: fitLogitMap("platt", { logits, labels: label }) ?? { kind: "none" }, trials: [] }
    : chooseCalibration({ logits, labels: label, users: user, times: time }, { kind: asked });
  const mapped = applyLogitMap(logits, map);
  const short = (values: Scores): Omit<CalibrationMeasure, "bins"> => {
    const { logLoss, ece } = measureCalibration(values, label);
    return { logLoss, ece };
  };
  const before = counted ? null : short(logits);
  const validation = { rows: logits.length, before, after: short(mapped), trials };
  return { calibration: { ...map, asked, validation }, logits: mapped };
}

export function measureCalibration(logits: Scores, label: Uint8Array): CalibrationMeasure {
  return { logLoss: logLoss(logits, label), ...calibration(logits, label) };
}

/**
 * What is added to a calibrated logit where only a share w of the real negatives was kept in training and validation: log w. The odds of
 * the rows kept are 1 / w times those of all. Rows of test are whole and so are requests; those of training and validation are thinned,
 * and are measured as they are. Drawn negatives are no sample of anything that happened: there w is 1.
 *
 * Source: King and Zeng, "Logistic Regression in Rare Events Data", 2001 (prior correction).
 */
export function keptShift({ negativesKept }: Catalogue, { split }: { split: Split | "request" }): number {
  return split === "train" || split === "valid" ? 0 : Math.log(negativesKept);
}
