import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BatchAssembler } from "../../src/data/batch.js";
import { type Dataset, IdIndex } from "../../src/data/index.js";
import { requestColumns } from "../../src/data/request-columns.js";
import { bundleEncoding, bundleVocabulary } from "../../src/export/bundle-encoding.js";
import { RequestEncoder } from "../../src/export/bundle-feeds.js";
import { type ExportGraph, exportGraph } from "../../src/export/export-graph.js";
import { ownLogits, parityBatches } from "../../src/export/parity.js";
import { encodeModel, type OnnxGraph } from "../../src/graph/onnx/model-proto.js";
import { applyLogitMap, type LogitMap } from "../../src/metrics/index.js";
import { findModel, modelNames } from "../../src/models/registry.js";
import { onnxRuntime } from "../../src/runtime/onnxruntime.js";
import { type OpenedRun, openRun } from "../../src/training/run-folder.js";
import { Scorer } from "../../src/training/scorer.js";
import { ALL_FEATURES } from "../exam/model-exam.js";
import { prepareToy } from "../exam/toy-world.js";
import { noPython, PYTHON } from "./python.js";
import { toyRun } from "./toy-run.js";

const EVERYTHING = {
  ...ALL_FEATURES,
  heads: { perModality: 2, joined: 1, cross: [["price", "tags"]] },
  attention: { hidden: [16, 8], activation: "dice", weights: "tanh", pool: "sqrt" },
  tiers: { bins: 4 },
  cross: { rank: 0 },
  norm: "layer",
};
const CASES: [name: string, model: string, options: object][] = [
  ...modelNames().map((name): [string, string, object] => [name, name, findModel(name).isTrained ? ALL_FEATURES : {}]),
  ["mmdin with every part", "mmdin", EVERYTHING],
  ["din as its paper has it", "din", {}],
  ["mmdin, a history of what was liked", "mmdin", { history: "positives" }],
];

let folder = "";
let dataset: Dataset;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "mmdin-export-models-"));
  dataset = await prepareToy(folder, { more: "negatives: { keep: 0.6 }" });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trained = async (model: string, options: object): Promise<OpenedRun> =>
  openRun(await toyRun(folder, { data: dataset.directory, model, options }));

/** All ops of a graph and of the graphs inside it. */
const opsOf = ({ nodes }: OnnxGraph): { opType: string; domain: string }[] =>
  nodes.flatMap(({ opType, domain = "", attributes = {} }) => [
    { opType, domain },
    ...Object.values(attributes).flatMap((value) =>
      typeof value === "object" && "graph" in value ? opsOf(value.graph) : [],
    ),
  ]);

const written: string[] = [];

async function open(run: OpenedRun): Promise<{
  exported: ExportGraph;
  ask(
    requests: Parameters<RequestEncoder["feeds"]>[0],
  ): Promise<Record<string, { dims: readonly number[]; data: Float32Array }>>;
  close(): Promise<void>;
}> {
  const exported = await exportGraph(run);
  const { inputs, outputs, graph } = exported;
  const bytes = encodeModel(graph);
  const path = join(folder, `${written.length}.onnx`);
  writeFileSync(path, bytes);
  written.push(path);
  const { InferenceSession, Tensor } = onnxRuntime();
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1 });
  const encoder = new RequestEncoder(bundleEncoding(run, inputs), bundleVocabulary(run.catalogue, inputs));
  return {
    exported,
    ask: async (requests) => {
      const feeds = Object.entries(encoder.feeds(requests)).map(
        ([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)] as const,
      );
      const out = await session.run(Object.fromEntries(feeds));
      return Object.fromEntries(
        outputs.map(({ name }) => [name, { dims: out[name]!.dims, data: out[name]!.data as Float32Array }]),
      );
    },
    close: () => session.release(),
  };
}

test.each(CASES)("%s: the exported graph gives the probabilities of the run to 1e-5", async (_, model, options) => {
  const run = await trained(model, options);
  const { exported, ask, close } = await open(run);
  const batches = parityBatches(run, exported.inputs);
  expect(new Set(batches.map((requests) => requests.length))).toEqual(new Set([1, 2, 97]));
  const own = await ownLogits(run, batches);
  let [compared, largest, spread] = [0, 0, 0];
  for (const [i, requests] of batches.entries()) {
    const { probability, logit } = await ask(requests);
    const N = Math.max(...requests.map(({ candidates }) => candidates.length));
    expect(probability!.dims).toEqual([requests.length, N]);
    own[i]!.forEach((logits, b) => {
      logits.forEach((value, n) => {
        compared++;
        spread = Math.max(spread, Math.abs(value - own[0]![0]![0]!));
        const at = b * N + n;
        const differences = [probability!.data[at]! - 1 / (1 + Math.exp(-value)), logit!.data[at]! - value];
        for (const difference of differences) largest = Math.max(largest, Math.abs(difference));
      });
    });
  }
  expect(compared).toBeGreaterThan(200);
  expect(spread, "candidates that differ").toBeGreaterThan(1e-3);
  expect(largest).toBeLessThan(1e-5);
  const ops = opsOf(exported.graph);
  expect(ops.filter(({ domain }) => domain !== "")).toEqual([]);
  expect(ops.some(({ opType }) => opType === "If")).toBe(run.model.sharesHistory);
  await close();
});

test("attention and gates are those of the run, for one person and for two", async () => {
  const run = await trained("mmdin", ALL_FEATURES);
  const { catalogue, model, weights } = run;
  const { exported, ask, close } = await open(run);
  const named = Object.fromEntries(exported.outputs.map(({ name, names }) => [name, names]));
  expect(named.attention).toEqual(["id", "tags", "price", "look", "all"]);
  expect(named.gates).toEqual(["id", "tags", "price", "look"]);
  const ids = { items: IdIndex.of(catalogue, "items"), users: IdIndex.of(catalogue, "users") };
  const items = ids.items.ids.slice(1);
  const requests = [4, 4].map((steps, p) => ({
    history: items.slice(20 * p, 20 * p + steps).map((item) => ({ item, label: 1 as const })),
    candidates: items.slice(10, 13),
  }));
  const scorer = await Scorer.create(model, weights, { catalogue, threads: 1, device: "cpu", explain: true });
  for (const asked of [requests.slice(0, 1), requests]) {
    const { attention, gates } = await ask(asked);
    expect([attention!.dims, gates!.dims]).toEqual([
      [asked.length, 3, 4, 5],
      [asked.length, 3, 4],
    ]);
    for (const [b, request] of asked.entries()) {
      const columns = requestColumns(request, { catalogue, ids });
      const own = await scorer.run(new BatchAssembler(columns, scorer.plan).assemble(Int32Array.of(0, 1, 2)));
      for (const [name, { data }] of Object.entries({ attention: attention!, gates: gates! })) {
        const part = data.slice((b * data.length) / asked.length, ((b + 1) * data.length) / asked.length);
        expect(part.length).toBe(own[name]!.data.length);
        part.forEach((value, at) => {
          expect(value).toBeCloseTo(own[name]!.data[at] as number, 5);
        });
      }
    }
  }
  await scorer.close();
  await close();
});

test("an isotonic calibration and the correction for dropped negatives are in the graph", async () => {
  const plain = await trained("item-rate", {});
  const map: LogitMap = { kind: "isotonic", from: [-1, -0.2, 0.4], to: [-2, 0.1, 0.3], outside: 0.7 };
  const request = { history: [], candidates: ["t101", "t102", "t103", "t110", "t120", "t130", "t140"] };
  const logitsOf = async (run: OpenedRun): Promise<number[]> => {
    const { ask, close } = await open(run);
    const { logit } = await ask(request);
    await close();
    return [...logit!.data];
  };
  const raw = await logitsOf({ ...plain, calibration: { kind: "none" } });
  const mapped = await logitsOf({ ...plain, calibration: map });
  const shift = Math.log(0.6);
  const expected = applyLogitMap(
    Float32Array.from(raw, (logit) => logit - shift),
    map,
  );
  expect(new Set(mapped).size).toBeGreaterThan(4);
  mapped.forEach((value, n) => {
    expect(value).toBeCloseTo(expected[n]! + shift, 5);
  });
});

test("one thing more than the model has is refused, not read as another item", async () => {
  const run = await trained("popularity", {});
  const { exported, close } = await open(run);
  const session = await onnxRuntime().InferenceSession.create(encodeModel(exported.graph), { logSeverityLevel: 4 });
  const score = async (index: number): Promise<number> => {
    const candidates = new (onnxRuntime().Tensor)("int32", Int32Array.of(index), [1, 1]);
    return (await session.run({ candidates })).logit!.data[0] as number;
  };
  expect(await score(-1)).toBe(await score(0));
  await expect(score(run.catalogue.items.count)).rejects.toThrow("out of data bounds");
  await session.release();
  await close();
});

const reason = noPython("onnx");
if (reason !== undefined) console.log(`skipped: ONNX's own checker: ${reason}`);
const SCRIPT = `
import sys, onnx
for path in sys.argv[1:]:
    onnx.checker.check_model(path, full_check=True)
    model = onnx.load(path)
    assert [(o.domain, o.version) for o in model.opset_import] == [("", 18)]
print(len(sys.argv) - 1, "models")
`;

test.skipIf(reason !== undefined)("ONNX's own checker accepts them all, shapes inferred", () => {
  expect(written.length).toBeGreaterThan(CASES.length);
  const { stdout, stderr } = spawnSync(PYTHON, ["-c", SCRIPT, ...written], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout.trim()).toBe(`${written.length} models`);
});
