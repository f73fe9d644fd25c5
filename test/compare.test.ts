import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { prepare } from "../src/data/index.js";
import { ablationLines } from "../src/experiments/ablate.js";
import { type CompareReport, compare } from "../src/experiments/index.js";
import { trainConfig } from "../src/training/index.js";
import { prepareToy } from "./exam/toy-world.js";

const QUICK = ["epochs=1", "batchSize=64"];
const main = ["--import", resolve("scripts/typescript.mjs"), resolve("src/cli/main.ts")];
const MODELS = ["popularity", "lr", "embedding-mlp"];

let folder = "";
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mmdin-compare-"));
  await prepareToy(at("toy"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = () => join(at("toy"), "data");
const readReport = (out: string): CompareReport => JSON.parse(readFileSync(join(out, "report.json"), "utf8"));
const withoutTimes = ({ times: _, ...report }: CompareReport) => report;

describe("a comparison of three models with two seeds", () => {
  let report: CompareReport;
  beforeAll(async () => {
    ({ report } = await compare({ data: data(), out: at("first"), models: MODELS, seeds: [1, 2], set: QUICK }));
  }, 120_000);

  test("every line has two finished cells, and stands in the order of its mean AUC", () => {
    expect(report.lines.map(({ name }) => name).sort()).toEqual([...MODELS].sort());
    for (const { cells } of report.lines) expect(cells.map(({ state }) => state)).toEqual(["finished", "finished"]);
    const aucs = report.lines.map(({ indicators }) => indicators.auc.mean!);
    expect(aucs).toEqual(aucs.toSorted((a, b) => b - a));
    expect(report.best).toBe(report.lines[0]!.name);
  });

  test("RelaImpr is DIN's, against embedding-mlp", () => {
    const auc = (name: string) => report.lines.find((line) => line.name === name)!.indicators.auc.mean!;
    const { relaImpr } = report.lines.find(({ name }) => name === "lr")!;
    expect(relaImpr.auc).toBeCloseTo(((auc("lr") - 0.5) / (auc("embedding-mlp") - 0.5) - 1) * 100, 10);
    expect(report.lines.find(({ name }) => name === "embedding-mlp")!.relaImpr).toEqual({ auc: null, gauc: null });
  });

  test("the others are compared with the best in AUC, gAUC and log-loss", () => {
    expect(report.comparisons).toHaveLength(6);
    for (const { second, interval } of report.comparisons) {
      expect(second).toBe(report.best);
      expect(interval![0]).toBeLessThanOrEqual(interval![1]);
    }
  });

  test("a second run on another folder gives the same report.json but for times", async () => {
    await compare({ data: data(), out: at("second"), models: MODELS, seeds: [1, 2], set: QUICK });
    expect(withoutTimes(readReport(at("second")))).toEqual(withoutTimes(readReport(at("first"))));
  }, 120_000);

  test("run again on its folder, nothing is trained; one more seed trains that seed alone", async () => {
    const running: (number | string)[] = [];
    const onCell = ({ state, line, seed }: { state: string; line: string; seed: number | string }) => {
      if (state === "running") running.push(`${line} ${seed}`);
    };
    const options = { data: data(), out: at("first"), models: MODELS, set: QUICK, onCell };
    await compare({ ...options, seeds: [1, 2] });
    expect(running).toEqual([]);
    const more = await compare({ ...options, seeds: [1, 2, 3] });
    expect(new Set(running)).toEqual(new Set(MODELS.map((name) => `${name} 3`)));
    expect(more.report.lines[0]!.cells).toHaveLength(3);
  }, 120_000);

  test("other options are another cell: it is trained again", async () => {
    const running = new Set<string>();
    const onCell = ({ state, line }: { state: string; line: string }) => state === "running" && running.add(line);
    await compare({
      data: data(),
      out: at("first"),
      models: ["popularity", "lr"],
      lines: [],
      seeds: [1],
      set: [...QUICK, "optimizer.learningRate=0.02"],
      onCell,
    });
    expect(running).toContain("lr");
  }, 60_000);

  test("no run folders are left behind, and the report lies there three times", () => {
    expect(readdirSync(at("second")).sort()).toEqual([
      "cells",
      "comparison.json",
      "report.html",
      "report.json",
      "report.md",
    ]);
    expect(readdirSync(join(at("second"), "cells", "lr", "1")).sort()).toEqual(["cell.json", "scores.safetensors"]);
  });
});

test("killed in the middle and started again, it ends with the same report, and trains nothing twice", async () => {
  const lines = ["--models", "lr,embedding-mlp", "--seeds", "3", "--jobs", "1", "--set", ...QUICK];
  const run = (out: string) => spawn(process.execPath, [...main, "compare", "--data", data(), "--out", out, ...lines]);
  const ended = (child: ReturnType<typeof run>) => new Promise((resolve) => child.on("exit", resolve));
  expect(await ended(run(at("whole")))).toBe(0);
  const child = run(at("killed"));
  const gone = ended(child);
  const cell = join(at("killed"), "cells", "embedding-mlp", "1", "cell.json");
  while (!existsSync(cell)) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill("SIGKILL");
  await gone;
  expect(existsSync(join(at("killed"), "report.json"))).toBe(false);
  const before = statSync(cell).mtimeMs;
  expect(await ended(run(at("killed")))).toBe(0);
  expect(statSync(cell).mtimeMs).toBe(before);
  expect(withoutTimes(readReport(at("killed")))).toEqual(withoutTimes(readReport(at("whole"))));
}, 180_000);

describe("what goes wrong is said in place, and the rest goes on", () => {
  test("a model that diverges is shown as failed, the other has its numbers", async () => {
    const lines = [
      { name: "wild", model: "lr", set: ["optimizer.learningRate=1e38", "optimizer.clipNorm=null"] },
      { name: "tame", model: "lr", set: [] },
    ];
    const options = { data: data(), out: at("wild"), lines, seeds: [1], set: QUICK };
    const { report } = await compare(options);
    const [tame, wild] = report.lines;
    expect([tame!.name, wild!.name]).toEqual(["tame", "wild"]);
    expect(wild!.cells[0]).toMatchObject({ state: "failed" });
    expect(wild!.cells[0]!.error).toMatch(/is not finite at step \d+.*Lower optimizer.learningRate/);
    expect(tame!.indicators.auc.mean).toBeGreaterThan(0.5);
    expect(readFileSync(join(at("wild"), "report.md"), "utf8")).toContain("not finite");
    const tried: string[] = [];
    await compare({ ...options, retry: true, onCell: ({ line, state }) => state === "running" && tried.push(line) });
    expect(new Set(tried)).toEqual(new Set(["wild"]));
  }, 60_000);

  test("a folder of another dataset is refused by name", async () => {
    await prepareToy(at("other"), { history: "{ length: 3 }" });
    const again = compare({ data: join(at("other"), "data"), out: at("wild"), models: ["popularity"], seeds: [1] });
    await expect(again).rejects.toThrow(
      /holds a report on another dataset: expected toy [0-9a-f]{12}, got toy [0-9a-f]{12}/,
    );
  });

  test("a dataset that leaks is refused once, before anything is trained, and not cell by cell", async () => {
    const rows = Array.from({ length: 90 }, (_, i) => `u${i % 9},i${i % 11},${1_600_000_000 + i * 1000},${i % 2}`);
    const part = (from: number, to: number) => `user,item,time,label\n${rows.slice(from, to).join("\n")}\n`;
    mkdirSync(at("leak"));
    writeFileSync(at("leak/train.csv"), part(0, 60));
    writeFileSync(at("leak/valid.csv"), part(60, 90));
    writeFileSync(
      at("leak/dataset.yaml"),
      `name: leak
events: { user: user, item: item, time: time, label: label }
split: { by: file, train: train.csv, valid: valid.csv, test: valid.csv }
`,
    );
    await prepare(at("leak/dataset.yaml"), { out: at("leak/data") });
    const onCell = vi.fn();
    const leaking = compare({ data: at("leak/data"), out: at("never"), models: MODELS, seeds: [1, 2], onCell });
    await expect(leaking).rejects.toThrow("this dataset leaks (rows-across-splits)");
    expect(onCell).not.toHaveBeenCalled();
    expect(existsSync(at("never"))).toBe(false);
  });

  test("a folder of something else is left alone", async () => {
    const again = compare({ data: data(), out: at("toy"), models: ["popularity"], seeds: [1] });
    await expect(again).rejects.toThrow("something that is no report is there already");
  });

  test("a seed and a line that are there twice are refused before anything is trained", async () => {
    const options = { data: data(), out: at("never"), models: ["lr"] };
    await expect(compare({ ...options, seeds: [1, 2, 1] })).rejects.toThrow("seed 1 is there twice");
    await expect(compare({ ...options, models: ["lr", "lr"], seeds: [1] })).rejects.toThrow(
      'the line "lr" is there twice',
    );
    expect(existsSync(at("never"))).toBe(false);
  });

  test("a grid that names an option that does not exist is refused with its line", async () => {
    const config = at("grid.yaml");
    writeFileSync(config, "tuning:\n  trials: 2\n  space:\n    optimizer.learningRat: [0.1]\n");
    const run = () => compare({ data: data(), out: at("never"), models: ["lr"], seeds: [1], config });
    await expect(run()).rejects.toThrow(/grid\.yaml:4:5 .*unknown option "learningRat".*learningRate/s);
    writeFileSync(config, "tuning: { trials: 2, models: { dinn: { epochs: [1] } } }\n");
    await expect(run()).rejects.toThrow(/grid\.yaml:1:.*there is no model dinn/s);
    writeFileSync(config, "featurs: all\n");
    await expect(run()).rejects.toThrow(/grid\.yaml:1:1 .*unknown option "featurs"/s);
  });

  test("one person in test, one class and no cold items are notes, not errors", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `u,${i % 10},${1_600_000_000 + i * 1000},${i < 54 ? i % 2 : 1}`);
    writeFileSync(at("one.csv"), `user,item,time,label\n${rows.join("\n")}\n`);
    writeFileSync(
      at("one.yaml"),
      "name: one\nevents: { from: one.csv, user: user, item: item, time: time, label: label }\n",
    );
    await prepare(at("one.yaml"), { out: at("one") });
    const { report } = await compare({
      data: at("one"),
      out: at("one-report"),
      models: ["popularity", "lr"],
      seeds: [1],
      set: QUICK,
    });
    expect(report.notes.join("\n")).toMatch(/Test holds one person[\s\S]*one class of labels[\s\S]*no cold items/);
    expect(report.lines[0]!.indicators.auc.mean).toBeNull();
    expect(report.lines[0]!.indicators.logLoss.mean).toBeGreaterThan(0);
  }, 60_000);
});

test("tuning tries the same number of settings for each trained model, on validation alone, and uses the best", async () => {
  const config = at("tuning.yaml");
  const space = "{ optimizer.learningRate: [0.00001, 0.02], batchSize: [32, 64, 128] }";
  writeFileSync(config, `tuning:\n  trials: 3\n  space: ${space}\n`);
  const models = ["popularity", "lr", "embedding-mlp"];
  const { report } = await compare({ data: data(), out: at("tuned"), models, seeds: [1], set: ["epochs=1"], config });
  const trials = (name: string) => report.lines.find((line) => line.name === name)!.trials;
  expect([trials("popularity").length, trials("lr").length, trials("embedding-mlp").length]).toEqual([0, 3, 3]);
  expect(trials("lr").map(({ set }) => set)).toEqual(trials("embedding-mlp").map(({ set }) => set));
  expect(trials("lr")[0]!.set).toEqual([]);
  for (const name of ["lr", "embedding-mlp"]) {
    const values = trials(name).map(({ value }) => value!);
    const chosen = trials(name).findIndex((trial) => trial.chosen);
    expect(values[chosen]).toBe(Math.min(...values));
    expect(report.lines.find((line) => line.name === name)!.set).toEqual(["epochs=1", ...trials(name)[chosen]!.set]);
  }
  expect(existsSync(join(at("tuned"), "trials", "lr", "1", "scores.safetensors"))).toBe(false);
}, 120_000);

test("features are given to models that are trained, and named in the report", async () => {
  const config = at("features.yaml");
  writeFileSync(config, "features: { modalities: all, statistics: false }\n");
  const { report } = await compare({
    data: data(),
    out: at("features"),
    models: ["popularity", "lr"],
    seeds: [1],
    set: QUICK,
    config,
  });
  const set = (name: string) => report.lines.find((line) => line.name === name)!.set;
  expect(set("lr")).toEqual(['options.modalities="all"', "options.statistics=false", ...QUICK]);
  expect(set("popularity")).toEqual(QUICK);
}, 60_000);

test("the ladder of an ablation has nine rungs, each with what the one below has, and fourteen parts are taken away", () => {
  const lines = ablationLines();
  expect(lines).toHaveLength(23);
  const names = lines.map(({ name }) => name);
  expect(names[0]).toBe("ids");
  expect(names[8]).toBe("+ products");
  for (let rung = 1; rung < 9; rung++) {
    expect(lines[rung]!.set.slice(0, lines[rung - 1]!.set.length)).toEqual(lines[rung - 1]!.set);
  }
  expect(names.slice(9).every((name) => name.startsWith("whole less "))).toBe(true);
});

test("the products are off in every rung before the whole, and are taken away as the other parts", () => {
  const products = ablationLines().map(({ name, set }) => {
    const { options } = trainConfig([...set, "model=mmdin"]);
    return [name, options.products] as const;
  });
  const off = products.filter(([, value]) => value === false).map(([name]) => name);
  expect(off).toEqual([...products.slice(0, 8).map(([name]) => name), "whole less the products"]);
});
