import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
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

test("a rate that comes with the update is written as a rate", () => {
  const stream = terminal(false);
  const values = { loss: 0.5, "rows/s": 4321 };
  showProgress({ stream, patience: 0 }).progress({ phase: "epoch 1", done: 1, total: 4, unit: "steps", values });
  expect(stream.read()).toBe("epoch 1: 25 %, 1 of 4 steps, loss 0.5, 4,321 rows/s\n");
});

test("on a terminal of 80 columns a training's bar fits into one line", () => {
  const stream = Object.assign(terminal(true), { columns: 80 });
  const { progress, stop } = showProgress({ stream, patience: 0 });
  const values = { loss: 0.6123, "rows/s": 14_321 };
  progress({ phase: "epoch 12 of at most 20", done: 38, total: 50, unit: "steps", values });
  stop();
  const drawn = stripVTControlCharacters(String(stream.read()));
  expect(drawn).toContain("epoch 12 of at most 20 ======-- 76 % loss 0.6123, 14,321 rows/s");
  expect(drawn).not.toContain("38 of 50 steps");
});

test("a bar gives the cursor back where a signal or the end of the process comes, and leaves no listener", () => {
  const stream = terminal(true);
  const before = [process.listenerCount("SIGINT"), process.listenerCount("exit")];
  let heard = 0;
  const listen = (): void => void heard++;
  process.on("SIGINT", listen); // who listens decides; else the bar would end this process
  const { progress } = showProgress({ stream, patience: 0 });
  progress({ phase: "reading", done: 50, total: 100 });
  process.emit("SIGINT", "SIGINT");
  process.off("SIGINT", listen);
  expect(String(stream.read())).toContain("\u001b[?25h");
  expect([heard, process.listenerCount("SIGINT"), process.listenerCount("exit")]).toEqual([1, ...before]);
});
