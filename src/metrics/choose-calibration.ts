import { RandomStream } from "../random.js";
import { calibration } from "./calibration.js";
import { rowLogLosses } from "./log-loss.js";
import { fitLogitMap, LOGIT_MAP_KINDS, type LogitMap, type LogitMapKind, logitMapFunction } from "./logit-map.js";
import { checkLengths, type Scores } from "./order.js";

/** What a kind of calibration does to rows that it was not fitted on. */
export interface CalibrationTrial {
  kind: LogitMapKind;
  /** Mean over the rows held out. */
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
  /** [B] where rows share a clock; see chooseCalibration for times too coarse to be of use. */
  times?: Float64Array | undefined;
}

export interface ChooseOptions {
  /** A kind, or "auto" (the default). */
  kind?: LogitMapKind | "auto";
}

const FOLDS = 5;

/**
 * Fits a calibration on the rows of validation; "auto" compares the kinds on rows held out and takes the simplest (none, then platt,
 * then isotonic) that cannot be told from the best.
 *
 * behind(kind) = sum_u d_u / B, d_u = sum of loss(kind) - loss(best) over the held-out rows of person u
 * standard error = sqrt(U / (U - 1) sum_u (d_u - B_u behind)^2) / B, U people with B_u of the B held-out rows each
 * chosen = the first kind with behind <= standard error
 *
 * With times, rows are cut into five parts of equal size by time, and each part but the first is mapped by the fit on those before it: a
 * calibration is used on what comes later, and what drifts between is what it can be wrong about. Without, or where times are too coarse to
 * cut (the rows before the first cut are fewer than a tenth, or of one class), five folds of whole people, each mapped by the fit on the
 * others: rows of one person resemble each other, and half of them would tell of the other half.
 *
 * @returns the map fitted on all rows, {kind: "none"} where the kind is not defined on them, and how each kind did.
 * @throws MmdinError DATA on a NaN logit, SHAPE on columns of different lengths.
 * Source: Breiman, Friedman, Olshen and Stone, "Classification and Regression Trees", 1984, section 3.4.3 (the rule of one standard
 * error); Tashman, "Out-of-sample tests of forecasting accuracy", 2000 (fits that only look back).
 */
export function chooseCalibration(rows: CalibrationRows, { kind = "auto" }: ChooseOptions = {}): ChosenCalibration {
  const { logits, labels, users, times } = rows;
  checkLengths("chooseCalibration", { logits, labels, users, ...(times && { times }) });
  const trials = compareKinds(rows);
  const chosen = kind === "auto" ? simplest(trials) : kind;
  return { map: fitLogitMap(chosen, rows) ?? { kind: "none" }, trials };
}

function simplest(trials: readonly CalibrationTrial[]): LogitMapKind {
  return trials.find(({ behind, standardError }) => behind <= standardError)?.kind ?? "none";
}

function compareKinds({ logits, labels, users, times }: CalibrationRows): CalibrationTrial[] {
  const parts = times && partsOfTime(times, labels);
  const lookBack = parts !== undefined;
  const fold = parts ?? foldsOfPeople(users);
  const isHeld = (_: unknown, row: number): boolean => !lookBack || fold[row]! > 0;
  const held = { labels: labels.filter(isHeld), users: users.filter(isHeld) };
  if (new Set(held.users).size < 2 || !held.labels.includes(0) || !held.labels.includes(1)) return [];
  const found = LOGIT_MAP_KINDS.flatMap((kind) => {
    const all = mapHeldOut(kind, { logits, labels, fold, lookBack });
    if (all === undefined) return [];
    const mapped = all.filter(isHeld);
    return [{ kind, mapped, losses: rowLogLosses(mapped, held.labels) }];
  });
  const means = found.map(({ losses }) => losses.reduce((sum, loss) => sum + loss, 0) / losses.length);
  const best = means.indexOf(Math.min(...means));
  return found.map(({ kind, mapped, losses }, k) => ({
    kind,
    logLoss: means[k]!,
    ece: calibration(mapped, held.labels).ece!,
    ...difference(losses, { base: found[best]!.losses, users: held.users }),
  }));
}

/** People in the order of their hashes, dealt round: folds differ by one person at most, and two people are never in one. */
function foldsOfPeople(users: Int32Array): Int32Array {
  const hash = new RandomStream(0, "calibration folds");
  const people = [...new Set(users)].map((user) => ({ user, place: hash.at(user) }));
  people.sort((a, b) => a.place - b.place || a.user - b.user);
  const foldOf = new Map(people.map(({ user }, k) => [user, k % FOLDS]));
  return users.map((user) => foldOf.get(user)!);
}

/**
 * Rows of equal time are in one part. Undefined where the first part is nothing to fit on: where the earliest times hold so many rows
 * that fewer than a tenth, half of what a part should hold, come before the first cut, or these have labels of one class.
 */
function partsOfTime(times: Float64Array, labels: Uint8Array): Int32Array | undefined {
  const sorted = times.slice().sort();
  const starts = Array.from({ length: FOLDS - 1 }, (_, k) => sorted[Math.floor(((k + 1) * times.length) / FOLDS)]!);
  const parts = Int32Array.from(times, (time) => starts.filter((start) => time >= start).length);
  const first = labels.filter((_, row) => parts[row] === 0);
  const usable = 2 * FOLDS * first.length >= times.length && first.includes(0) && first.includes(1);
  return usable ? parts : undefined;
}

/** Every row mapped by what was fitted on other folds: all of them, or those before. Undefined where a fold cannot be. */
function mapHeldOut(
  kind: LogitMapKind,
  options: { logits: Scores; labels: Uint8Array; fold: Int32Array; lookBack: boolean },
): Float32Array | undefined {
  const { logits, labels, fold, lookBack } = options;
  const mapped = new Float32Array(logits.length);
  for (let held = lookBack ? 1 : 0; held < FOLDS; held++) {
    if (!fold.includes(held)) continue;
    const isOther = (_: unknown, row: number): boolean => (lookBack ? fold[row]! < held : fold[row] !== held);
    const map = fitLogitMap(kind, { logits: logits.filter(isOther), labels: labels.filter(isOther) });
    if (map === undefined) return undefined;
    const at = logitMapFunction(map);
    for (let i = 0; i < mapped.length; i++) if (fold[i] === held) mapped[i] = at(logits[i]!);
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
