import { expect, test } from "vitest";
import { TrainingLog } from "./training-log.js";

const validation = {
  epoch: 1,
  step: 5,
  logLoss: 0.6,
  auc: 0.7,
  gauc: 0.7,
  learningRate: 0.004,
  best: true,
  seconds: 1,
};

test("a training is put together from what it tells, in seconds since it began", () => {
  let now = 10_000;
  let changes = 0;
  const log = new TrainingLog(() => changes++, { now: () => now });
  log.begin("mmdin");
  now += 2000;
  log.progress({
    phase: "epoch 1 of at most 3",
    done: 5,
    total: 19,
    unit: "steps",
    values: { loss: 0.65, "rows/s": 900 },
  });
  now += 500;
  log.validation({ ...validation, loss: 0.64 });
  log.end("ended after the last epoch");
  log.finish({ run: "runs/first" });
  now += 60_000;
  expect(changes).toBe(6);
  expect(log.state).toEqual({
    state: "ended",
    started: "1970-01-01T00:00:10.000Z",
    second: 2.5,
    phase: "epoch 1 of at most 3",
    done: 5,
    total: 19,
    unit: "steps",
    runs: [
      {
        model: "mmdin",
        state: "ended",
        began: 0,
        steps: [{ second: 2, loss: 0.65, rowsPerSecond: 900 }],
        validations: [
          {
            epoch: 1,
            step: 5,
            loss: 0.64,
            logLoss: 0.6,
            auc: 0.7,
            gauc: 0.7,
            learningRate: 0.004,
            best: true,
            second: 2.5,
          },
        ],
        ending: "ended after the last epoch",
      },
    ],
    problem: null,
    servedNext: false,
    run: "runs/first",
  });
});

test("of many steps at most 400 are kept, the newest among them, over the whole time", () => {
  let now = 0;
  const log = new TrainingLog(() => undefined, { now: () => now });
  log.begin("din");
  for (let step = 1; step <= 2000; step++) {
    now = step * 1000;
    log.progress({ phase: "epoch 1", done: step, values: { loss: step } });
  }
  const { steps } = log.state.runs[0]!;
  expect(steps.length).toBeLessThanOrEqual(400);
  expect(steps.at(-1)?.loss).toBe(2000);
  expect(steps[0]!.loss).toBeLessThan(20);
});

test("progress without a loss, and news before any model, leave the curves alone", () => {
  const log = new TrainingLog(() => undefined);
  log.validation({ ...validation, loss: Number.NaN });
  log.progress({ phase: "drawing posters", done: 3, total: 9 });
  expect(log.state).toMatchObject({ state: "running", phase: "drawing posters", runs: [] });
});

test("a loss that is no number, as that of a model that counts, is null", () => {
  const log = new TrainingLog(() => undefined);
  log.begin("popularity");
  log.validation({ ...validation, loss: Number.NaN });
  expect(log.state.runs[0]!.validations[0]!.loss).toBeNull();
});
