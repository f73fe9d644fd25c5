import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseRequestText } from "../../src/config/request.js";
import { RequestEncoder } from "../../src/export/bundle-feeds.js";
import { readBundleManifest } from "../../src/export/bundle-manifest.js";
import { type ExportRunSummary, exportRun } from "../../src/export/index.js";
import { checkParity } from "../../src/export/parity.js";
import { onnxRuntime } from "../../src/runtime/onnxruntime.js";
import { loadModel } from "../../src/serving/index.js";
import { openRun } from "../../src/training/run-folder.js";
import { runMmdin } from "../cli/run-mmdin.js";
import { ALL_FEATURES } from "../exam/model-exam.js";
import { prepareToy } from "../exam/toy-world.js";
import { noPython, PYTHON } from "./python.js";
import { toyRun } from "./toy-run.js";

const run = promisify(execFile);
const FILES = [
  "README.md",
  "encoding.json",
  "example.html",
  "example.mjs",
  "example.py",
  "manifest.json",
  "model.onnx",
  "request.json",
  "request.mjs",
  "request.py",
  "vocabulary.json",
];

let folder = "";
const at = (...names: string[]): string => join(folder, ...names);
const read = (...names: string[]): string => readFileSync(at(...names), "utf8");
const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
let trained = "";
let summary: ExportRunSummary;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mmdin-bundle-"));
  // The examples find ONNX Runtime where a user has installed it: in a node_modules above them.
  symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), at("node_modules"));
  const { directory } = await prepareToy(folder);
  trained = await toyRun(folder, { data: directory, model: "mmdin", options: ALL_FEATURES });
  summary = await exportRun({ run: trained, out: at("bundle"), python: PYTHON });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a bundle is eleven files, each known by its sha256 but the manifest", () => {
  expect(readdirSync(at("bundle")).sort()).toEqual(FILES);
  const { files, format, version, run, versions } = readBundleManifest(at("bundle"));
  expect([format, version, run.model, versions.opset]).toEqual(["mmdin-bundle", 1, "mmdin", 18]);
  expect(Object.keys(files).sort()).toEqual(FILES.filter((name) => name !== "manifest.json"));
  for (const [name, entry] of Object.entries(files)) expect(entry.sha256, name).toBe(sha256(at("bundle", name)));
  expect(summary.files).toEqual(files);
});

test("every input is documented with its type and shape, and the counters with the numbers of the run", () => {
  const text = read("bundle", "README.md");
  const { inputs, outputs } = summary;
  expect(inputs.map(({ name }) => name)).toEqual([
    "candidates",
    "history",
    "history_time",
    "time",
    "history.stars",
    "history.dwell",
    "user",
    "context.device",
    "context.hour",
    "user_counters",
    "item_counters",
  ]);
  for (const { name, type, shape } of [...inputs, ...outputs]) {
    expect(text).toContain(`| \`${name}\` | ${type} | [${shape.join(", ")}] |`);
  }
  const { user, item } = openRun(trained).catalogue.statistics;
  for (const { name, mean, std } of [...user, ...item]) {
    expect(text).toMatch(new RegExp(`\\| ${name.replace(/[()]/g, "\\$&")} \\|.*\\| ${mean} \\| ${std} \\|`));
  }
  expect(text).toContain("[count, positives, number of stars, sum of stars]");
});

test("the check says where the bundle was compared, how much, and the largest difference", () => {
  const [inNode, inWasm, inPython] = summary.checks;
  for (const check of [inNode!, inWasm!]) {
    expect(check.runtime).toMatch(/^onnxruntime-(node|web \(wasm\)) 1\.\d+\.\d+$/);
    expect([check.requests, check.candidates]).toEqual([111, 548]);
    expect(check.largest!.probability).toBeLessThan(1e-5);
    expect(check.largest!.logit).toBeGreaterThan(0);
  }
  const reason = noPython("onnxruntime", "numpy");
  if (reason === undefined) expect(inPython!.largest!.probability).toBeLessThan(1e-5);
  else expect(inPython).toMatchObject({ largest: null, skipped: expect.stringMatching(/./) });
});

/** The block of the README that says what the examples print. */
const printed = (bundle: string): string => /```text\n([\s\S]*?)```/.exec(read(bundle, "README.md"))?.[1] ?? "";

test("example.mjs prints what the README says, which is what the run says of that request", async () => {
  const { stdout } = await run(process.execPath, [at("bundle", "example.mjs")]);
  expect(stdout).toBe(printed("bundle"));
  const model = await loadModel(trained);
  const ranked = await model.rank(parseRequestText(read("bundle", "request.json")));
  await model.close();
  expect(ranked.map(({ item, probability }) => `${item} ${probability.toFixed(4)}\n`).join("")).toBe(stdout);
  expect(ranked).toHaveLength(5);
});

const reason = noPython("onnxruntime", "numpy");
if (reason !== undefined) console.log(`skipped: example.py: ${reason}`);
test.skipIf(reason !== undefined)("example.py prints the same", () => {
  const { stdout, stderr } = spawnSync(PYTHON, ["-B", at("bundle", "example.py")], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout).toBe(printed("bundle"));
});

test("request.mjs is one file without imports", () => {
  const text = read("bundle", "request.mjs");
  expect(text).not.toMatch(/^import|require\(|node:/m);
  expect(text).toMatch(/^export class RequestEncoder/m);
});

test("the same run gives the same model, bit by bit, and takes the place of the bundle before", async () => {
  const before = sha256(at("bundle", "model.onnx"));
  await exportRun({ run: trained, out: at("bundle"), python: "no-such-python" });
  expect(sha256(at("bundle", "model.onnx"))).toBe(before);
  expect(readBundleManifest(at("bundle")).checks.at(-1)).toEqual({
    runtime: "onnxruntime in Python",
    skipped: "no-such-python does not start",
    requests: 0,
    candidates: 0,
    largest: null,
  });
});

test("above the limit, tensors lie in model.onnx.data, from which Node and Python read them", async () => {
  const { files, checks } = await exportRun({
    run: trained,
    out: at("external"),
    externalAbove: 100_000,
    python: PYTHON,
  });
  expect(files["model.onnx"]!.bytes + files["model.onnx.data"]!.bytes).toBeGreaterThan(
    summary.files["model.onnx"]!.bytes,
  );
  expect(files["model.onnx"]!.bytes).toBeLessThan(summary.files["model.onnx"]!.bytes / 2);
  expect(checks.filter(({ largest }) => largest !== null).length).toBeGreaterThanOrEqual(2);
  expect(read("external", "example.html")).toContain(
    'externalData: [{ path: "model.onnx.data", data: "model.onnx.data" }]',
  );
  const { InferenceSession, Tensor } = onnxRuntime();
  const encoder = new RequestEncoder(
    JSON.parse(read("external", "encoding.json")),
    JSON.parse(read("external", "vocabulary.json")),
  );
  const feeds = Object.entries(encoder.feeds(JSON.parse(read("external", "request.json")))).map(
    ([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)] as const,
  );
  const probabilities = async (session: Awaited<ReturnType<typeof InferenceSession.create>>): Promise<number[]> => {
    const { probability } = await session.run(Object.fromEntries(feeds), ["probability"]);
    await session.release();
    return Array.from(probability!.data as Float32Array);
  };
  const bytes = readFileSync(at("external", "model.onnx"));
  const data = readFileSync(at("external", "model.onnx.data"));
  const fromBytes = await InferenceSession.create(bytes, { externalData: [{ path: "model.onnx.data", data }] });
  const inOneFile = await InferenceSession.create(at("bundle", "model.onnx"));
  expect(await probabilities(fromBytes)).toEqual(await probabilities(inOneFile));
});

test("a bundle that says something else than the run is refused, with the difference", async () => {
  const other = { ...openRun(trained), calibration: { kind: "platt", slope: 1, offset: 1e-4 } as const };
  const check = checkParity(at("bundle"), other, { inputs: summary.inputs, python: "no-such-python" });
  await expect(check).rejects.toThrow(
    /^onnxruntime-node 1\.\d+\.\d+: the exported model does not say what the run says: expected differences of at most 0\.00001, got /,
  );
});

test("something that is no bundle is left as it is", async () => {
  mkdirSync(at("mine"));
  writeFileSync(at("mine", "thesis.txt"), "years of work");
  await expect(exportRun({ run: trained, out: at("mine") })).rejects.toThrow(
    `${at("mine")}: something else is there already: expected a new folder, or a bundle to replace, got a folder with thesis.txt`,
  );
  await expect(exportRun({ run: trained, out: trained })).rejects.toThrow("a bundle cannot take the place of its run");
  expect(read("mine", "thesis.txt")).toBe("years of work");
  expect(existsSync(join(trained, "weights.safetensors"))).toBe(true);
});

test("a run that is none, or damaged, leaves nothing behind", async () => {
  await expect(exportRun({ run: at("nowhere"), out: at("new") })).rejects.toThrow(
    `${at("nowhere", "manifest.json")}: not a run: expected this file, got none`,
  );
  await cp(trained, at("damaged"), { recursive: true });
  truncateSync(at("damaged", "weights.safetensors"), 1000);
  await expect(exportRun({ run: at("damaged"), out: at("new") })).rejects.toMatchObject({ code: "FORMAT" });
  await expect(exportRun({ run: trained, out: at("new"), externalAbove: 3e9 })).rejects.toThrow(
    "externalAbove: a model file cannot hold so much: expected 0 to 2013265920 bytes, got 3000000000",
  );
  expect(readdirSync(folder).filter((name) => name.includes("new"))).toEqual([]);
});

test("mmdin export --json prints the files, the values of the model and the checks", async () => {
  const words = ["export", "--run", trained, "--out", "by-command", "--external-above", "100000", "--json"];
  const { status, stdout } = await runMmdin(folder, ...words, "--python", "no-such-python");
  expect(status).toBe(0);
  const printed = JSON.parse(stdout) as ExportRunSummary;
  expect(Object.keys(printed.files).sort()).toEqual(
    [...FILES, "model.onnx.data"].filter((name) => name !== "manifest.json").sort(),
  );
  expect(printed.inputs).toEqual(summary.inputs);
  expect(printed.checks.map(({ runtime }) => runtime.split(" ")[0])).toEqual([
    "onnxruntime-node",
    "onnxruntime-web",
    "onnxruntime",
  ]);
});
