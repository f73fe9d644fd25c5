import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { CellUpdate } from "../experiments/compare/run-cells.js";
import { showComparison } from "./compare-progress.js";

interface Screen {
  columns: number;
  rows: number;
}

function stream(isTTY: boolean, size: Partial<Screen> = {}) {
  return Object.assign(new PassThrough({ encoding: "utf8" }), { isTTY, columns: 80, rows: 24, ...size });
}

const ESCAPE = String.fromCharCode(27);
const PARTS = new RegExp(`${ESCAPE}\\[\\??\\d*[A-Za-z]|\\r|\\n|[^${ESCAPE}\\r\\n]+`, "g");
const UP = new RegExp(`^${ESCAPE}\\[(\\d+)A$`);

/** What a terminal shows after some text: lines that are too long break, and the cursor can go up and erase. */
function screen(text: string, columns: number): string[] {
  let lines = [""];
  for (const [part] of text.matchAll(PARTS)) {
    const up = UP.exec(part);
    if (up) lines = [...lines.slice(0, Math.max(0, lines.length - 1 - Number(up[1]))), ""];
    else if (part === "\n") lines.push("");
    else if (!part.startsWith("\u001b") && part !== "\r") {
      const whole = (lines.pop() ?? "") + part;
      for (let at = 0; at < whole.length; at += columns) lines.push(whole.slice(at, at + columns));
    }
  }
  return lines;
}

const UPDATES: CellUpdate[] = [
  { line: "din", seed: 1, state: "running", share: 0.126 },
  { line: "din", seed: 1, state: "finished", auc: 0.87124 },
  { line: "din", seed: 2, state: "failed", error: "diverged:\nnot a number" },
  { line: "mmdin", seed: 1, state: "finished", auc: null },
  { line: "mmdin", seed: 2, state: "running", share: 0.5 },
];

test("on a terminal there is one line a model with a cell a seed, drawn over itself", async () => {
  const out = stream(true);
  const { update, stop } = showComparison({ lines: ["din", "mmdin"], seeds: [1, 2, 3], stream: out, interval: 20 });
  for (const one of UPDATES) update(one);
  await sleep(60);
  expect(screen(String(out.read()), 80)).toEqual([
    "din   0.8712      ✗      ·",
    "mmdin      -   50 %      ·",
    "3 of 6, 1 failed",
    "",
  ]);
  stop();
});

test("stop takes the table away, gives the cursor back and leaves no listener", () => {
  const before = [process.listenerCount("SIGINT"), process.listenerCount("exit")];
  const out = stream(true);
  const { update, stop } = showComparison({ lines: ["din"], seeds: [1], stream: out });
  update({ line: "din", seed: 1, state: "finished", auc: 0.8 });
  stop();
  const text = String(out.read());
  expect(screen(text, 80)).toEqual([""]);
  expect(text.endsWith("\u001b[?25h")).toBe(true);
  expect([process.listenerCount("SIGINT"), process.listenerCount("exit")]).toEqual(before);
});

test("where a signal comes the table goes before anything is said of it, and is drawn below when a cell moves on", () => {
  const before = [process.listenerCount("SIGINT"), process.listenerCount("exit")];
  const out = stream(true);
  const say = (): void => void out.write("Stopping.\n");
  process.on("SIGINT", say); // who listens decides; else the table would end this process
  const { update, stop } = showComparison({ lines: ["din"], seeds: [1], stream: out });
  process.emit("SIGINT", "SIGINT");
  const said = String(out.read());
  expect(screen(said, 80)).toEqual(["Stopping.", ""]);
  expect(said.endsWith("\u001b[?25hStopping.\n")).toBe(true);
  update({ line: "din", seed: 1, state: "finished", auc: 0.8 });
  expect(screen(said + String(out.read()), 80)).toEqual(["Stopping.", "din   0.8000", "1 of 1", ""]);
  stop();
  process.off("SIGINT", say);
  expect([process.listenerCount("SIGINT"), process.listenerCount("exit")]).toEqual(before);
});

test("at no width from 1 to 100 columns is a line too long, and seeds that do not fit are counted", () => {
  for (let columns = 1; columns <= 100; columns++) {
    const out = stream(true, { columns });
    const { update, stop } = showComparison({
      lines: ["din", "a very long name of a model"],
      seeds: [1, 2, 3, 4, 5],
      stream: out,
    });
    for (const one of UPDATES.slice(0, 3)) update(one);
    const drawn = screen(String(out.read()), columns);
    expect(drawn).toHaveLength(4);
    if (columns === 30) expect(drawn[0]).toMatch(/^din {6,} 0\.8712 +2\/5$/);
    stop();
  }
});

test("fourteen models on a terminal of eight rows show the one that runs, and count the others", async () => {
  const lines = Array.from({ length: 14 }, (_, at) => `model-${at + 1}`);
  const out = stream(true, { rows: 8 });
  const { update, stop } = showComparison({ lines, seeds: [1, 2], stream: out, interval: 1 });
  update({ line: "model-9", seed: 1, state: "running", share: 0.25 });
  await sleep(30);
  const drawn = screen(String(out.read()), 80);
  expect(drawn).toHaveLength(8);
  expect(drawn.some((line) => /^model-9 +25 % +·$/.test(line))).toBe(true);
  expect(drawn.at(-2)).toBe("0 of 28; 8 lines out of sight");
  stop();
});

test("a trial stands in a column of its own", () => {
  const out = stream(true);
  const { update, stop } = showComparison({ lines: ["din", "lr"], seeds: [1], stream: out });
  update({ line: "din", seed: "trial 3", state: "finished", auc: 0.81 });
  expect(screen(String(out.read()), 80).slice(0, 2)).toEqual([
    "din   trial 3 0.8100       ·",
    "lr                         ·",
  ]);
  stop();
});

test("without a terminal every ended cell is one plain line", () => {
  const out = stream(false);
  const { update, stop } = showComparison({ lines: ["din", "mmdin"], seeds: [1, 2], stream: out });
  for (const one of UPDATES) update(one);
  update({ line: "mmdin", seed: "trial 2", state: "finished", auc: 0.8 });
  stop();
  expect(String(out.read()).trimEnd().split("\n")).toEqual([
    "1 of 4: din, seed 1: AUC 0.8712",
    "2 of 4: din, seed 2: failed: diverged: not a number",
    "3 of 4: mmdin, seed 1: AUC -",
    "mmdin, trial 2: AUC 0.8000",
  ]);
});
