import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readBundleManifest } from "../../src/export/bundle-manifest.js";
import { exportRun } from "../../src/export/index.js";
import { ownLogits, parityBatches } from "../../src/export/parity.js";
import { openRun } from "../../src/training/run-folder.js";
import { ALL_FEATURES } from "../exam/model-exam.js";
import { prepareToy } from "../exam/toy-world.js";
import { noChromium, openChromium } from "./chromium.js";
import { toyRun } from "./toy-run.js";

if (noChromium !== undefined) console.log(`skipped: ${noChromium}`);

const ORT = fileURLToPath(new URL("../../node_modules/onnxruntime-web/dist", import.meta.url));
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

let folder = "";
let server: Server | undefined;
let browser: Browser | undefined;
let address = "";
let trained = "";

/** Bundles by their names, and onnxruntime-web in a folder ort/ beside them, as their READMEs say. */
function serve(): Server {
  return createServer(({ url = "" }, response) => {
    const [, bundle = "", ...rest] = decodeURIComponent(url).split("/");
    const path = rest[0] === "ort" ? join(ORT, rest[1] ?? "") : join(folder, bundle, rest.join("/"));
    if (url.includes("..") || !existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" })
      .end(readFileSync(path));
  });
}

beforeAll(async () => {
  if (noChromium !== undefined) return;
  folder = mkdtempSync(join(tmpdir(), "mmdin-browser-"));
  const { directory } = await prepareToy(folder);
  trained = await toyRun(folder, { data: directory, model: "mmdin", options: ALL_FEATURES });
  await exportRun({ run: trained, out: join(folder, "whole"), python: "none" });
  await exportRun({ run: trained, out: join(folder, "parts"), python: "none", externalAbove: 100_000 });
  server = serve().listen(0, "127.0.0.1");
  await once(server, "listening");
  const place = server.address();
  if (place === null || typeof place === "string") throw new Error("no port");
  address = `http://127.0.0.1:${place.port}`;
  browser = await openChromium();
});
afterAll(async () => {
  await browser?.close();
  server?.close();
  if (folder !== "") rmSync(folder, { recursive: true, force: true });
});

test.skipIf(noChromium !== undefined).each(["whole", "parts"])(
  "example.html shows in Chromium what the README says: the bundle in %s",
  async (bundle) => {
    const page = await browser!.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${address}/${bundle}/example.html`);
    const ranked = page.locator("#ranked");
    await ranked.filter({ hasNotText: "scoring" }).waitFor({ timeout: 60_000 });
    const printed = /```text\n([\s\S]*?)\n```/.exec(readFileSync(join(folder, bundle, "README.md"), "utf8"))?.[1];
    expect(await ranked.textContent()).toBe(printed);
    expect(errors).toEqual([]);
    await page.close();
  },
);

/** Runs in the page, so it is text: nothing of the tests' own transformations belongs there. */
const SCORE_IN_PAGE = `async (batches) => {
  const load = (from) => import(new URL(from, document.baseURI).href);
  const { InferenceSession, Tensor } = await load("./ort/ort.wasm.bundle.min.mjs");
  const { RequestEncoder } = await load("./request.mjs");
  const read = async (name) => (await fetch(name)).json();
  const encoder = new RequestEncoder(await read("encoding.json"), await read("vocabulary.json"));
  const session = await InferenceSession.create("model.onnx");
  const answers = [];
  for (const requests of batches) {
    const feeds = Object.entries(encoder.feeds(requests)).map(
      ([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)],
    );
    const { probability } = await session.run(Object.fromEntries(feeds), ["probability"]);
    answers.push([...probability.data]);
  }
  return answers;
}`;

test.skipIf(noChromium !== undefined)(
  "548 candidates of 111 requests have in Chromium the probabilities of the run, to 1e-5",
  async () => {
    const run = openRun(trained);
    const { inputs } = readBundleManifest(join(folder, "whole"));
    const batches = parityBatches(run, inputs);
    const own = await ownLogits(run, batches);
    const page = await browser!.newPage();
    await page.goto(`${address}/whole/example.html`);
    const answers = await page.evaluate<number[][]>(`(${SCORE_IN_PAGE})(${JSON.stringify(batches)})`);
    let compared = 0;
    let largest = 0;
    own.forEach((requests, i) => {
      const N = answers[i]!.length / requests.length;
      requests.forEach((logits, b) => {
        logits.forEach((logit, n) => {
          compared++;
          largest = Math.max(largest, Math.abs(answers[i]![b * N + n]! - 1 / (1 + Math.exp(-logit))));
        });
      });
    });
    expect(compared).toBe(548);
    expect(largest).toBeLessThan(1e-5);
    await page.close();
  },
);
