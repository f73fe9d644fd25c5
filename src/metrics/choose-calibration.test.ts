import { expect, test } from "vitest";
import { randomRows } from "../../test/metrics/random-rows.js";
import { calibration } from "./calibration.js";
import { chooseCalibration } from "./choose-calibration.js";
import { applyLogitMap } from "./logit-map.js";

/** Rows whose true logit is `truth` of the logit that is shown. */
function drawn(
  count: number,
  { truth, seed, people = 200 }: { truth: (x: number) => number; seed: number; people?: number },
) {
  const { uniform } = randomRows(3 * count, { seed });
  const logits = Float32Array.from({ length: count }, (_, i) => 6 * uniform[i]! - 3);
  const labels = Uint8Array.from(logits, (x, i) => (uniform[count + i]! < 1 / (1 + Math.exp(-truth(x))) ? 1 : 0));
  const users = Int32Array.from(logits, (_, i) => Math.floor(people * uniform[2 * count + i]!));
  return { logits, labels, users };
}

test("logits that are right stay as they are, in 19 of 20 worlds or more", () => {
  const kinds = Array.from(
    { length: 20 },
    (_, seed) => chooseCalibration(drawn(1500, { truth: (x) => x, seed })).map.kind,
  );
  expect(kinds.filter((kind) => kind === "none").length).toBeGreaterThanOrEqual(19);
});

test("logits three times too large get Platt's line, of slope 1/3 within .03", () => {
  for (let seed = 0; seed < 5; seed++) {
    const { map, trials } = chooseCalibration(drawn(5000, { truth: (x) => x / 3, seed }));
    if (map.kind !== "platt") throw new Error(`seed ${seed}: ${map.kind}`);
    expect(Math.abs(map.slope - 1 / 3)).toBeLessThan(0.03);
    expect(trials.map(({ kind }) => kind)).toEqual(["none", "platt", "isotonic"]);
    expect(trials[0]!.behind).toBeGreaterThan(10 * trials[0]!.standardError);
  }
});

test("a distortion that no line mends gets the isotonic map, and other rows' ECE falls below a quarter", () => {
  const truth = (x: number): number => (x < 0 ? 0.1 * x - 1 : 2 * x + 1);
  const { map } = chooseCalibration(drawn(8000, { truth, seed: 3 }));
  expect(map.kind).toBe("isotonic");
  const others = drawn(8000, { truth, seed: 4 });
  const before = calibration(others.logits, others.labels).ece!;
  expect(calibration(applyLogitMap(others.logits, map), others.labels).ece!).toBeLessThan(before / 4);
});

test("the standard error is that of whole people: with each row written 9 times it stays, where rows alone would give a third", () => {
  const rows = drawn(1000, { truth: (x) => x / 2, seed: 6, people: 100 });
  const nine = {
    logits: Float32Array.from({ length: 9000 }, (_, i) => rows.logits[i % 1000]!),
    labels: Uint8Array.from({ length: 9000 }, (_, i) => rows.labels[i % 1000]!),
    users: Int32Array.from({ length: 9000 }, (_, i) => rows.users[i % 1000]!),
  };
  const [once] = chooseCalibration(rows).trials;
  const [repeated] = chooseCalibration(nine).trials;
  expect(repeated!.standardError / once!.standardError).toBeGreaterThan(0.9);
  expect(repeated!.standardError / once!.standardError).toBeLessThan(1.1);
});

test("a kind that is asked for is taken, whatever is best", () => {
  const rows = drawn(1000, { truth: (x) => x, seed: 9 });
  expect(chooseCalibration(rows, { kind: "platt" }).map.kind).toBe("platt");
  expect(chooseCalibration(rows, { kind: "isotonic" }).map.kind).toBe("isotonic");
  expect(chooseCalibration(drawn(1000, { truth: (x) => 3 * x, seed: 9 }), { kind: "none" }).map).toEqual({
    kind: "none",
  });
});

test("one person, one class or no rows: nothing is compared and nothing changed", () => {
  const rows = drawn(500, { truth: (x) => 3 * x, seed: 1 });
  const none = { map: { kind: "none" }, trials: [] };
  expect(chooseCalibration({ ...rows, users: new Int32Array(500) })).toEqual(none);
  expect(chooseCalibration({ ...rows, labels: new Uint8Array(500) })).toEqual(none);
  const empty = { logits: new Float32Array(0), labels: new Uint8Array(0), users: new Int32Array(0) };
  expect(chooseCalibration(empty)).toEqual(none);
  expect(chooseCalibration(empty, { kind: "isotonic" })).toEqual(none);
});

test("with times, a line that held early and holds no longer is not taken; without them it would be", () => {
  const early = drawn(3000, { truth: (x) => x / 2, seed: 11 });
  const late = drawn(2000, { truth: (x) => 1.5 * x, seed: 12 });
  const rows = {
    logits: Float32Array.of(...early.logits, ...late.logits),
    labels: Uint8Array.of(...early.labels, ...late.labels),
    users: Int32Array.of(...early.users, ...late.users),
  };
  expect(chooseCalibration(rows).map.kind).not.toBe("none");
  const times = Float64Array.from(rows.logits, (_, i) => i);
  const { map, trials } = chooseCalibration({ ...rows, times });
  expect(map.kind).toBe("none");
  expect(trials[1]!.behind).toBeGreaterThan(trials[1]!.standardError);
});

test("with times, what is measured are the rows after the first fifth, and rows of equal time stay together", () => {
  const rows = drawn(1000, { truth: (x) => x / 3, seed: 13 });
  const times = Float64Array.from(rows.logits, (_, i) => Math.floor(i / 7));
  const { trials } = chooseCalibration({ ...rows, times });
  // Rows of equal time stay together: the first part ends before row 196, the 29th second.
  const held = (values: Float32Array): Float32Array => values.slice(196);
  expect(trials[0]!.ece).toBeCloseTo(calibration(held(rows.logits), rows.labels.slice(196)).ece!, 12);
});

/** Row i of n is of day floor(i days / n). */
const inDays = (count: number, days: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => 86_400 * Math.floor((i * days) / count));

test("validation on one to four days is told apart by people: logits three times too large get Platt's line, of slope 1/3 within .03", () => {
  const rows = drawn(3000, { truth: (x) => x / 3, seed: 21 });
  for (let days = 1; days <= 4; days++) {
    const { map, trials } = chooseCalibration({ ...rows, times: inDays(3000, days) });
    if (map.kind !== "platt") throw new Error(`${days} days: ${map.kind}`);
    expect(Math.abs(map.slope - 1 / 3)).toBeLessThan(0.03);
    expect(trials.map(({ kind }) => kind)).toEqual(["none", "platt", "isotonic"]);
  }
  expect(chooseCalibration({ ...rows, times: inDays(3000, 5) }).map.kind).not.toBe("none");
});

test("where the first fifth of the time is too small or of one class, the folds are those of people, as without times", () => {
  const rows = drawn(2000, { truth: (x) => x / 3, seed: 22 });
  const byPeople = chooseCalibration(rows);
  expect(chooseCalibration({ ...rows, times: inDays(2000, 4) })).toEqual(byPeople);
  const heavy = Float64Array.from({ length: 2000 }, (_, i) => (i < 199 ? i : 1000)); // 199 rows, one fewer than a tenth
  expect(chooseCalibration({ ...rows, times: heavy })).toEqual(byPeople);
  const enough = Float64Array.from(heavy, (time, i) => (i === 199 ? 199 : time));
  expect(chooseCalibration({ ...rows, times: enough })).not.toEqual(byPeople);
  const late = { ...rows, labels: rows.labels.map((label, i) => (i < 400 ? 1 : label)) };
  const times = Float64Array.from({ length: 2000 }, (_, i) => i);
  expect(chooseCalibration({ ...late, times })).toEqual(chooseCalibration(late));
});

test("with fine times, the trials of this world are those of parts by time, to twelve places", () => {
  const rows = drawn(1000, { truth: (x) => x / 3, seed: 13 });
  const { trials } = chooseCalibration({ ...rows, times: Float64Array.from(rows.logits, (_, i) => 3 * i) });
  expect(trials.map(({ kind }) => kind)).toEqual(["none", "platt", "isotonic"]);
  const found = trials.map(({ logLoss, ece, behind, standardError }) => [logLoss, ece, behind, standardError]);
  const before = [
    [0.738766780734774, 0.15992930151239565, 0.09284031938504643, 0.016820040329062414],
    [0.645926461349727, 0.04896682049406324, 0, 0],
    [0.6522415404675462, 0.055652477200339695, 0.006315079117818196, 0.0031257596542868292],
  ];
  for (const [k, numbers] of before.entries()) {
    for (const [n, number] of numbers.entries()) expect(found[k]![n]).toBeCloseTo(number, 12);
  }
});

test("two people, whoever they are, are in different folds: every kind is compared", () => {
  const rows = drawn(400, { truth: (x) => x / 3, seed: 23, people: 2 });
  for (let first = 0; first < 20; first++) {
    const users = rows.users.map((user) => first + 7 * user);
    expect(chooseCalibration({ ...rows, users }).trials.map(({ kind }) => kind)).toEqual(["none", "platt", "isotonic"]);
  }
});
