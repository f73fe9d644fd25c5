import { RandomStream } from "../random.js";
import { calibration } from "./calibration.js";
import { logLoss, rowLogLosses } from "./log-loss.js";
import { applyLogitMap, fitLogitMap, LOGIT_MAP_KINDS, type LogitMap, type LogitMapKind } from "./logit-map.js";
import { checkLengths, type Scores } from "./order.js";

/** What a kind of calibration does to rows that it was not fitted on. */
export interface CalibrationTrial {
  kind: LogitMapKind;
  /** Mean over all rows, each mapped by the fit of the other folds. */
  logLoss: number;
  ece: number;
  /** Log-loss less that of the best kind. */
  behind: number;
  /** Standard error of `behind`, over people. */
  standardError: number;
}

export interface ChosenCalibration {
  map: LogitMap;
  /** Empty where nothing could be compared: fewer than two people, or labels of one class. */
  trials: CalibrationTrial[];
}

export interface CalibrationRows {
  /** [B] */
  logits: Scores;
  /** [B], 1 or 0 */
  labels: Uint8Array;
  /** [B] the person of each row: an index. */
  users: Int32Array;
}

export interface ChooseOptions {
  /** A kind, or "auto" (the default). */
  kind?: LogitMapKind | "auto";
  /** Default 5. */
  folds?: number;
}

/**
 * Fits a calibration on the rows of validation; "auto" compares the kinds by cross-validation and takes the simplest (none, then platt,
 * then isotonic) that cannot be told from the best.
 *
 * behind(kind) = sum_u d_u / B, d_u = sum of loss(kind) - loss(best) over the rows of person u
 * standard error = sqrt(U / (U - 1) sum_u (d_u - B_u behind)^2) / B, U people with B_u rows each
 * chosen = the first kind with behind <= standard error
 *
 * Folds hold whole people: rows of one person resemble each other, and a map that is fitted on half of them looks better than it is.
 *
 * @returns the map fitted on all rows, {kind: "none"} where the kind is not defined on them, and how each kind did.
 * @throws MmdinError DATA on a NaN logit, SHAPE on columns of different lengths.
 * Source: Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984, section 3.4.3 (the rule of one standard
 * error).
 */
export function chooseCalibration(
  rows: CalibrationRows,
  { kind = "auto", folds = 5 }: ChooseOptions = {},
): ChosenCalibration {
  checkLengths("chooseCalibration", { ...rows });
  const trials = compareKinds(rows, folds);
  const chosen = kind === "auto" ? simplest(trials) : kind;
  return { map: fitLogitMap(chosen, rows) ?? { kind: "none" }, trials };
}

function simplest(trials: readonly CalibrationTrial[]): LogitMapKind {
  return trials.find(({ behind, standardError }) => behind <= standardError)?.kind ?? "none";
}

function compareKinds({ logits, labels, users }: CalibrationRows, folds: number): CalibrationTrial[] {
  const people = new Set(users);
  if (people.size < 2 || !labels.includes(0) || !labels.includes(1)) return [];
  const hash = new RandomStream(0, "calibration folds");
  const fold = users.map((user) => hash.at(user) % folds);
  const found = LOGIT_MAP_KINDS.flatMap((kind) => {
    const mapped = heldOut(kind, { logits, labels, fold, folds });
    return mapped === undefined ? [] : [{ kind, mapped, losses: rowLogLosses(mapped, labels) }];
  });
  const means = found.map(({ mapped }) => logLoss(mapped, labels)!);
  const best = means.indexOf(Math.min(...means));
  return found.map(({ kind, mapped, losses }, k) => ({
    kind,
    logLoss: means[k]!,
    ece: calibration(mapped, labels).ece!,
    ...difference(losses, { base: found[best]!.losses, users }),
  }));
}

/** Every row mapped by what was fitted on the other folds; undefined where a fold cannot be. */
function heldOut(
  kind: LogitMapKind,
  { logits, labels, fold, folds }: { logits: Scores; labels: Uint8Array; fold: Int32Array; folds: number },
): Float32Array | undefined {
  const mapped = new Float32Array(logits.length);
  for (let held = 0; held < folds; held++) {
    const others = {
      logits: logits.filter((_, i) => fold[i] !== held),
      labels: labels.filter((_, i) => fold[i] !== held),
    };
    const map = fitLogitMap(kind, others);
    if (map === undefined) return undefined;
    const values = applyLogitMap(logits, map);
    for (let i = 0; i < mapped.length; i++) if (fold[i] === held) mapped[i] = values[i]!;
  }
  return mapped;
}

function difference(
  losses: Float64Array,
  { base, users }: { base: Float64Array; users: Int32Array },
): Pick<CalibrationTrial, "behind" | "standardError"> {
  const people = new Map<number, { rows: number; sum: number }>();
  let total = 0;
  for (let i = 0; i < losses.length; i++) {
    const more = losses[i]! - base[i]!;
    total += more;
    const person = people.get(users[i]!);
    if (person === undefined) people.set(users[i]!, { rows: 1, sum: more });
    else {
      person.rows++;
      person.sum += more;
    }
  }
  const behind = total / losses.length;
  let squares = 0;
  for (const { rows, sum } of people.values()) squares += (sum - rows * behind) ** 2;
  const standardError = Math.sqrt((people.size / (people.size - 1)) * squares) / losses.length;
  return { behind, standardError };
}
