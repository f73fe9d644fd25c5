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

type Cell = string | number | null;

/**
 * A folder with a log of (user, item, ts), implicit labels and a split by leave-last.
 *
 * @param options.ranking the fixed candidates, such as "{ negatives: 5 }"
 * @param options.more further lines of dataset.yaml
 * @param options.files what these lines name
 */
export function leaveLastFolder(
  log: readonly (readonly Cell[])[],
  { ranking, more = "", files = {} }: { ranking: string; more?: string; files?: Readonly<Record<string, string>> },
): DatasetFolder {
  return datasetFolder({
    ...files,
    "events.csv": csv("user,item,ts", log),
    "dataset.yaml": `name: last
events: { from: events.csv, user: user, item: item, time: ts, label: implicit }
split: { by: leave-last }
ranking: ${ranking}
${more}`,
  });
}

/** A CSV of rows under their header. */
export function csv(header: string, rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows.map((row) => row.map((value) => value ?? "").join(","))].join("\n").concat("\n");
}
