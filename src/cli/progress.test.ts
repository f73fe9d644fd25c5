import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { showProgress } from "./progress.js";

function terminal(isTTY: boolean): PassThrough & { isTTY: boolean } {
  return Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY });
}

test("what takes less than the patience stays silent", () => {
  for (const isTTY of [true, false]) {
    const stream = terminal(isTTY);
    const { progress, stop } = showProgress({ stream });
    for (let done = 0; done <= 100; done++) progress({ phase: "reading", done, total: 100 });
    stop();
    expect(stream.read()).toBeNull();
  }
});

test("without a terminal a plain line comes at most once per interval, with rate, values and time left", async () => {
  const stream = terminal(false);
  const { progress } = showProgress({ stream, patience: 0, interval: 0.6 });
  progress({ phase: "epoch 1 of 2", done: 0, total: 80_000, unit: "rows" });
  await sleep(700);
  for (let done = 10_000; done < 10_100; done++)
    progress({ phase: "epoch 1 of 2", done, total: 80_000, unit: "rows", values: { loss: 0.612345 } });
  const lines = String(stream.read()).trimEnd().split("\n");
  expect(lines).toHaveLength(2);
  expect(lines[0]).toBe("epoch 1 of 2: 0 %, 0 of 80,000 rows");
  expect(lines[1]).toMatch(
    /^epoch 1 of 2: 12 %, 10,000 of 80,000 rows, \d+,\d{3} rows\/s, loss 0\.6123, \d+(\.\d)? s left$/,
  );
});

test("a phase of unknown length counts without a share", () => {
  const stream = terminal(false);
  showProgress({ stream, patience: 0 }).progress({ phase: "reading events", done: 1234, unit: "events" });
  expect(stream.read()).toBe("reading events: 1,234 events\n");
});

test("a terminal gets a bar that is taken away at the end", () => {
  const stream = terminal(true);
  const { progress, stop } = showProgress({ stream, patience: 0 });
  progress({ phase: "reading", done: 50, total: 100, unit: "rows" });
  stop();
  const drawn = String(stream.read());
  expect(drawn).toContain("reading");
  expect(drawn).toContain("50 % 50 of 100 rows");
});
