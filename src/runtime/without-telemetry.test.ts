import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";

/** What is in the home folder of a process whose main thread, or whose worker thread, has made a session of ONNX Runtime. */
function leftAtHome({ worker, variable }: { worker: boolean; variable?: string }): string[] {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-home-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [home, load, start] = ["home", "load.mjs", "start.mjs"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const source = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  mkdirSync(home);
  writeFileSync(
    load,
    `import { Executor } from ${source("executor.ts")};
    import { input, relu } from ${source("../graph/index.ts")};
    await (await Executor.create({ y: relu(input("x", [1])) }, { threads: 1 })).close();`,
  );
  const base = JSON.stringify(pathToFileURL(start).href);
  writeFileSync(
    start,
    `import { spawnWorker } from ${source("spawn-worker.ts")};\nspawnWorker("load", { base: ${base} });\n`,
  );
  // ONNX Runtime reports nothing where CI is set, either.
  const { ORT_DISABLE_TELEMETRY: _, XDG_CACHE_HOME: __, CI: ___, ...environment } = process.env;
  const { status, stderr } = spawnSync(process.execPath, [...process.execArgv, worker ? start : load], {
    env: { ...environment, HOME: home, ...(variable !== undefined && { ORT_DISABLE_TELEMETRY: variable }) },
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  return readdirSync(home, { recursive: true, encoding: "utf8" });
}

test.skipIf(process.platform !== "linux")(
  "ONNX Runtime keeps no number of the machine and reports nothing, unless it is told to",
  () => {
    expect(leftAtHome({ worker: false })).toEqual([]);
    expect(leftAtHome({ worker: true })).toEqual([]);
    expect(leftAtHome({ worker: false, variable: "0" }).join("\n")).toContain("deviceid");
  },
);
