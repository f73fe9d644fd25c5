import { spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MMDIN } from "./run-mmdin.js";

// The whole path as a person walks it: real processes, their output no terminal.
const folder = mkdtempSync(join(tmpdir(), "mmdin-spine-"));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `mmdin WORDS`; `watch` sees stderr as it grows and can send a signal. */
function mmdin(words: string[], watch?: (stderr: string, kill: () => void) => void): Promise<Ended> {
  const child = spawn(process.execPath, [...MMDIN, ...words], { cwd: folder });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (data: Buffer) => {
    said.stdout += data;
  });
  child.stderr.on("data", (data: Buffer) => {
    said.stderr += data;
    watch?.(said.stderr, () => child.kill("SIGINT"));
  });
  return new Promise((done) => child.on("close", (status) => done({ status, ...said })));
}

/** The result of a command that must succeed, read from its stdout: there is nothing but JSON on it. */
async function json(...words: string[]) {
  const { status, stdout, stderr } = await mmdin([...words, "--json"]);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

beforeAll(async () => {
  await json("world", "--out", "world", "--users", "60", "--items", "120", "--events", "3000", "--seed", "7");
  await json("prepare", "world/dataset.yaml", "--out", "data");
  await json("train", "--data", "data", "--out", "run", "--model", "din", "--epochs", "1", "--threads", "1");
}, 180_000);

test("prepare counts the rows of the three splits and prints a table", async () => {
  const { status, stdout } = await mmdin(["prepare", "world/dataset.yaml", "--out", "data-again"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^split +rows +users +items +label rate +from \(UTC\) +to \(UTC\) +cold items$/m);
  expect(stdout).toMatch(/^train +2,400 /m);
  expect(stdout).toMatch(/^test +300 /m);
});

test("evaluate --json has the indicators and slices of the definition, rows of the slices adding up", async () => {
  const { model, split, rows, metrics, gaucDetail, slices, coldStart } = await json("evaluate", "--run", "run");
  expect([model, split, rows]).toEqual(["din", "test", 300]);
  expect(Object.keys(metrics)).toEqual(["auc", "gauc", "logLoss", "prAuc", "accuracy", "ece"]);
  expect(Object.keys(gaucDetail).sort()).toEqual(["groups", "skipped", "weighting"]);
  expect(slices.coldItems.rows + slices.warmItems.rows).toBe(300);
  expect(coldStart).toMatchObject({ model: slices.coldItems.metrics.auc, chance: 0.5 });
  expect(slices.emptyHistory.rows + slices.shortHistory.rows + slices.longHistory.rows).toBe(300);
});

test("evaluate says that the dataset was moved, and how to say where it is", async () => {
  renameSync(at("data"), at("moved"));
  const { status, stderr } = await mmdin(["evaluate", "--run", "run"]).finally(() =>
    renameSync(at("moved"), at("data")),
  );
  expect([status, stderr]).toEqual([
    1,
    `mmdin: ${realpathSync(at("data"))}: the dataset world is no longer where training found it. Say where it is now: --data, or the option \`data\`\n`,
  ]);
});

test("predict answers a file and a line with the candidates best first", async () => {
  const candidates = ["i001", "i002", "i003"];
  writeFileSync(at("request.json"), JSON.stringify({ history: [{ item: "i004" }, { item: "i005" }], candidates }));
  const asked = await json("predict", "--run", "run", "--request", "request.json");
  const lines = ["--history", "i004,i005", "--candidates", candidates.join(",")];
  expect(await json("predict", "--run", "run", ...lines)).toEqual(asked);
  expect(asked.map(({ item }: { item: string }) => item).sort()).toEqual(candidates);
  const odd = await mmdin(["predict", "--run", "run", "--history", "i004", "--candidates", "i001,lamp"]);
  expect(odd.stderr).toBe(
    "candidates: 1 of 2 ids are not known to this run, and count as an item of which nothing is known: lamp\n",
  );
  for (const { probability, logit } of asked) expect(probability).toBeCloseTo(1 / (1 + Math.exp(-logit)), 9);
  expect(asked[0].logit).toBeGreaterThanOrEqual(asked[2].logit);
});

test("predict --explain adds why the best candidate is the best, with --json for each", async () => {
  const words = ["predict", "--run", "run", "--history", "i004,i005", "--candidates", "i001,i002,i003", "--explain"];
  const explained = await json(...words);
  expect(explained.length).toBe(3);
  for (const { logit, title, reason, explanation } of explained) {
    expect(Object.keys(explanation).sort()).toEqual(
      ["gates", "heads", "history", "historyChange", "nearest", "summary"].sort(),
    );
    expect(explanation.history.map(({ item }: { item: string }) => item)).toEqual(["i004", "i005"]);
    const [a, b] = explanation.history;
    expect(a.contribution + b.contribution).toBeCloseTo(explanation.historyChange, 9);
    expect(a.weights.length).toBe(explanation.heads.length);
    expect([typeof logit, typeof title, typeof reason]).toEqual(["number", "string", "string"]);
  }
  const { stdout } = await mmdin(words);
  const [best] = explained;
  expect(stdout).toContain(`\n\n${best.item}, ${best.title}: probability ${best.probability.toFixed(4)}`);
  expect(stdout).toContain(`\n${best.explanation.summary}\n\nwhat the 2 steps of the history did to the logit`);
});

test("Ctrl-C during training keeps the best so far, leaves nothing beside it, and ends with 130", async () => {
  let sent = false;
  const words = ["train", "--data", "data", "--out", "stopped", "--model", "din", "--epochs", "500", "--threads", "1"];
  const { status, stdout, stderr } = await mmdin([...words, "--set", "patience=100000"], (text, kill) => {
    if (sent || !text.includes("(best so far)")) return;
    sent = true;
    kill();
  });
  expect(status, stderr).toBe(130);
  expect(stderr).toContain("Stopping: the best so far is kept.");
  expect(stdout).toContain("ended when asked to");
  const { state, result } = JSON.parse(readFileSync(at("stopped/manifest.json"), "utf8"));
  expect([state, result.stopped]).toEqual(["finished", "asked"]);
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([".mmdin"]); // the cache of prepare
}, 120_000);

test("a command that fails ends with 1, says one line, and leaves no folder", async () => {
  const { status, stdout, stderr } = await mmdin(["train", "--data", "nowhere", "--out", "none"]);
  expect([status, stdout, existsSync(at("none"))]).toEqual([1, "", false]);
  expect(stderr).toMatch(/^mmdin: .*nowhere.*\n$/);
});

test("an option of training that does not exist is answered with the nearest, and where it was written", async () => {
  const { status, stderr } = await mmdin([
    "train",
    "--data",
    "data",
    "--out",
    "none",
    "--set",
    "optimizer.learnRate=1",
  ]);
  expect(status).toBe(1);
  expect(stderr).toContain('unknown option "learnRate". Did you mean "learningRate"?');
});
