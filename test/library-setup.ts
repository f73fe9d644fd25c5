import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** A folder for what several files of tests need, and is made once. */
    together: string;
  }
}

export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-tests-"));
  project.provide("together", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
