import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type Dataset, openDataset, type PrepareSummary, prepare } from "../src/data/index.js";

export interface DatasetFolder {
  path: string;
  /** Prepares dataset.yaml into `out`. */
  prepare(options?: { out?: string; seed?: number }): Promise<PrepareSummary>;
  /** Prepares and opens it. */
  dataset(options?: { seed?: number }): Promise<Dataset>;
  /** Names in the folder, sorted. */
  names(): string[];
}

/** A folder with these files, removed when the test is over. */
export function datasetFolder(files: Readonly<Record<string, string | Uint8Array>>): DatasetFolder {
  const path = mkdtempSync(join(tmpdir(), "mmdin-test-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  const run: DatasetFolder["prepare"] = ({ out = "out", seed } = {}) =>
    prepare(join(path, "dataset.yaml"), { out: join(path, out), seed });
  return {
    path,
    prepare: run,
    async dataset(options = {}) {
      await run(options);
      return openDataset(join(path, "out"));
    },
    names: () => readdirSync(path).sort(),
  };
}

/** A CSV of rows under their header. */
export function csv(header: string, rows: readonly (readonly (string | number | null)[])[]): string {
  return [header, ...rows.map((row) => row.map((value) => value ?? "").join(","))].join("\n").concat("\n");
}
