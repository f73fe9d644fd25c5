import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadModel } from "../src/serving/index.js";
import { evaluate, type TrainOptions, type TrainSummary, train } from "../src/training/index.js";
import { MMDIN } from "./cli/run-mmdin.js";
import { prepareToy } from "./exam/toy-world.js";

// A small din that would train for a long time if it were let.
const ENDLESS = ["epochs=500", "patience=100000", "batchSize=128", "evaluateEvery=1", "options.dimension=8"];
const SHORT = [...ENDLESS, "epochs=1"];
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 }); // processes and threads that start from TypeScript

const folder = mkdtempSync(join(tmpdir(), "mmdin-training-"));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const din = (out: string, options: Partial<TrainOptions> = {}): Promise<TrainSummary> =>
  train({ data: at("data"), out: at(out), model: "din", threads: 1, set: SHORT, ...options });
const bytesOf = (run: string): Buffer => readFileSync(join(at(run), "weights.safetensors"));
const logOf = (run: string): Record<string, unknown>[] =>
  readFileSync(join(at(run), "log.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
/** What lies in the test's folder for a run, whole or not. */
const traces = (run: string): string[] => readdirSync(folder).filter((name) => name.includes(run));

beforeAll(async () => {
  await prepareToy(folder);
  await din("first");
});

describe("a run that is asked to stop", () => {
  test("keeps the best so far: its manifest, weights and log are whole", async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const onValidation = ({ logLoss }: { logLoss: number | null }): void => {
      seen.push(logLoss ?? Number.NaN);
      if (seen.length === 3) stop.abort();
    };
    const { result, best, state } = await din("stopped", { set: ENDLESS, signal: stop.signal, onValidation });
    expect(result?.stopped).toBe("asked");
    expect(state).toBe("finished");
    expect(best?.logLoss).toBe(Math.min(...seen));
    const { calibration } = await evaluate({ run: at("stopped"), split: "valid", threads: 1 });
    expect(calibration.before!.logLoss).toBeCloseTo(best!.logLoss!, 9);
    const log = logOf("stopped");
    expect(log.filter(({ kind }) => kind === "validation").map(({ logLoss }) => logLoss)).toEqual(seen);
    expect(log.at(-1)!.kind).toBe("calibration");
  });

  test("before its first validation, is validated then and there and keeps that", async () => {
    const { result, best } = await din("at-once", { set: ENDLESS, signal: AbortSignal.abort() });
    expect(result?.stopped).toBe("asked");
    expect(result?.steps).toBe(1);
    expect(best?.step).toBe(1);
    expect(logOf("at-once").map(({ kind }) => kind)).toEqual(["validation", "calibration"]);
    const { calibration } = await evaluate({ run: at("at-once"), split: "valid", threads: 1 });
    expect(calibration.before!.logLoss).toBeCloseTo(best!.logLoss!, 9);
  });
});

describe("a process that is killed in the middle of training", () => {
  const running = new Set<ChildProcess>();
  afterAll(() => {
    for (const child of running) child.kill("SIGKILL");
  });

  /** `mmdin train` in a process of its own, killed as soon as `due`. */
  async function killed(out: string, due: () => boolean): Promise<void> {
    const child = trainProcess(out, ENDLESS);
    running.add(child);
    const ended = new Promise((done) => child.on("exit", (_, signal) => done(signal)));
    const deadline = Date.now() + 150_000;
    while (!due() && Date.now() < deadline) await wait(2);
    child.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    running.delete(child);
  }

  test("leaves the older run as it was where it has no weights yet", async () => {
    await din("older");
    const before = bytesOf("older");
    await killed("older", () => traces("older").length > 1);
    expect(bytesOf("older").equals(before)).toBe(true);
    expect((await evaluate({ run: at("older"), threads: 1 })).rows).toBeGreaterThan(100);
  });

  test("leaves no run where there was none, and the next training cleans up behind it", async () => {
    await killed("fresh", () => traces("fresh").length > 0);
    expect(existsSync(at("fresh"))).toBe(false);
    expect(traces("fresh")).toHaveLength(1);
    await din("fresh");
    expect(traces("fresh")).toEqual(["fresh"]);
  });

  test("leaves the best so far once it has weights, which evaluate and rank read", async () => {
    let validations = 0;
    await killed("begun", () => {
      if (existsSync(join(at("begun"), "log.jsonl")))
        validations = readFileSync(join(at("begun"), "log.jsonl"), "utf8").split("\n").length - 1;
      return validations >= 4;
    });
    const { rows, metrics } = await evaluate({ run: at("begun"), threads: 1 });
    expect(rows).toBeGreaterThan(100);
    expect(metrics.auc).toBeGreaterThan(0.5);
    const model = await loadModel(at("begun"));
    expect(model.manifest.state).toBe("training");
    expect(await model.rank({ history: [], candidates: ["t100", "t101"] })).toHaveLength(2);
    await model.close();
  });
});

test("two processes that train at the same time into folders of their own end with the same bytes for the same seed", async () => {
  const ends = ["left", "right"].map((out) => {
    const child = trainProcess(out, SHORT);
    let said = "";
    child.stderr?.on("data", (data: Buffer) => {
      said += data;
    });
    return new Promise<string>((done) => child.on("exit", (code) => done(`exit ${code}${code === 0 ? "" : said}`)));
  });
  expect(await Promise.all(ends)).toEqual(["exit 0", "exit 0"]);
  expect(bytesOf("left").equals(bytesOf("right"))).toBe(true);
  expect(bytesOf("left").equals(bytesOf("first"))).toBe(true);
});

describe("a run that cannot be read is refused", () => {
  /** The message of evaluating a copy of the first run that `change` has changed. */
  async function refusal(change: (run: string) => void): Promise<string> {
    const run = at("changed");
    rmSync(run, { recursive: true, force: true });
    cpSync(at("first"), run, { recursive: true });
    change(run);
    const message = (from: Promise<unknown>): Promise<string> =>
      from.then(
        () => "no error",
        (error: Error) => error.message,
      );
    const evaluated = await message(evaluate({ run, threads: 1 }));
    expect(await message(loadModel(run))).toBe(evaluated);
    return evaluated;
  }
  const rewrite = (path: string, change: (text: string) => string): void =>
    writeFileSync(path, change(readFileSync(path, "utf8")));

  test("weights that are cut off", async () => {
    const weights = (run: string): string => join(run, "weights.safetensors");
    expect(await refusal((run) => truncateSync(weights(run), 1000))).toMatch(
      /weights\.safetensors: the header is longer than the file: expected at most 992 bytes, got \d+\. Copy/,
    );
    expect(await refusal((run) => rmSync(weights(run)))).toMatch(
      /weights\.safetensors: the file could not be read: got /,
    );
    expect(await refusal((run) => writeFileSync(weights(run), "not weights"))).toMatch(/weights\.safetensors: /);
  });

  test("weights of other options than the manifest names", async () => {
    const wider = (run: string): void =>
      rewrite(join(run, "manifest.json"), (text) => text.replace('"dimension": 8', '"dimension": 9'));
    expect(await refusal(wider)).toMatch(/weights\.safetensors: .*item\.id/s);
  });

  test("a manifest of a newer version, of another format, or that is no JSON", async () => {
    const manifest = (run: string): string => join(run, "manifest.json");
    expect(
      await refusal((run) => rewrite(manifest(run), (text) => text.replace('"version": 3', '"version": 4'))),
    ).toMatch(/manifest\.json: a run of another version: expected version 3, got version 4/);
    expect(await refusal((run) => rewrite(manifest(run), (text) => text.replace("mmdin-run", "other")))).toMatch(
      /manifest\.json: not a run: expected format "mmdin-run", got other/,
    );
    expect(await refusal((run) => truncateSync(manifest(run), 300))).toMatch(
      /manifest\.json: the file is damaged: it is no JSON/,
    );
  });

  test("a catalogue with a changed byte", async () => {
    const flip = (run: string): void => {
      const path = join(run, "catalogue", "items.arrow");
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(path, bytes);
    };
    expect(await refusal(flip)).toMatch(/items\.arrow: .*damaged/);
  });

  test("a dataset that it was not trained on", async () => {
    const other = at("other");
    await prepareToy(other, { history: "{ length: 11 }" });
    await expect(evaluate({ run: at("first"), data: join(other, "data"), threads: 1 })).rejects.toThrow(
      /the run was trained on another dataset: expected dataset toy [0-9a-f]{12}, got toy [0-9a-f]{12} \(.*\)\. Give the dataset/,
    );
  });
});

describe("options of training", () => {
  test.each([
    ["optimizer.learningrate=1", /optimizer\.learningrate.*learningRate/s],
    ["options.dimensoin=4", /dimensoin.*dimension/s],
    ["epoch=3", /epoch.*epochs/s],
    ["model=dinn", /there is no model dinn: expected one of popularity, .*, mmdin, got dinn\. Did you mean din\?/],
    ["options.attention.weights=sigmoid", /weights.*linear.*tanh.*softmax/s],
    ["batchSize=0", /batchSize/],
    [
      "options.heads.cross=[[tags, loook]]",
      /options\.heads\.cross: there is no modality loook: expected pairs of id, tags/,
    ],
    ["options.modalities=[id, loook]", /options\.modalities: there is no modality loook: expected some of id, tags/],
  ])("%s is refused, and what was meant is named", async (option, message) => {
    await expect(train({ data: at("data"), out: at("refused"), threads: 1, set: [option] })).rejects.toThrow(message);
    expect(traces("refused")).toEqual([]);
  });
});

describe("a loss that diverges", () => {
  test.each(["null", "10"])(
    "ends in an error that says what to lower, clipNorm %s, and leaves nothing",
    async (clip) => {
      const set = [...ENDLESS, "epochs=3", "optimizer.learningRate=1e6", `optimizer.clipNorm=${clip}`];
      await expect(
        train({ data: at("data"), out: at("diverged"), threads: 1, set: [...set, "model=mmdin"] }),
      ).rejects.toThrow(/not finite at step \d+\. Lower optimizer\.learningRate \(now 1000000\)/);
      expect(traces("diverged")).toEqual([]);
    },
  );
});

test("a run that a killed process had just moved away comes back, whatever becomes of the next training", async () => {
  const nobody = 2 ** 22 + 1; // above the largest process id
  cpSync(at("first"), at(`.moved.${nobody}.partial.old`), { recursive: true });
  const set = [...SHORT, "optimizer.learningRate=1e6", "optimizer.clipNorm=null", "model=mmdin"];
  await expect(train({ data: at("data"), out: at("moved"), threads: 1, set })).rejects.toThrow(/not finite/);
  expect(traces("moved")).toEqual(["moved"]);
  expect(bytesOf("moved").equals(bytesOf("first"))).toBe(true);
});

test("log.jsonl has one line of JSON a validation, then one of the calibration", async () => {
  const lines = logOf("first");
  expect(lines.map(({ kind }) => kind)).toEqual(["validation", "calibration"]);
  expect(Object.keys(lines[0]!)).toEqual(expect.arrayContaining(["kind", "epoch", "step", "loss", "logLoss", "auc"]));
});

function trainProcess(out: string, set: readonly string[]): ChildProcess {
  const words = ["train", "--data", at("data"), "--out", at(out), "--model", "din", "--threads", "1", "--set", ...set];
  return spawn(process.execPath, [...MMDIN, ...words], { stdio: ["ignore", "ignore", "pipe"] });
}
