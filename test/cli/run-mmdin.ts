import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

/** What node is given to be `mmdin`, from its TypeScript sources; the words of the command follow. */
export const MMDIN: readonly string[] = ["--import", path("scripts/typescript.mjs"), path("src/cli/main.ts")];

export interface Ended {
  status: number | string | null | undefined;
  stdout: string;
  stderr: string;
}

/** Runs `mmdin WORDS` in a folder, as a process of its own. */
export function runMmdin(cwd: string, ...words: string[]): Promise<Ended> {
  return new Promise((done) => {
    execFile(process.execPath, [...MMDIN, ...words], { cwd }, (error, stdout, stderr) => {
      done({ status: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}
