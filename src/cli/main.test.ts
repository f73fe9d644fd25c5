import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { commands } from "./commands.js";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = mkdtempSync(join(tmpdir(), "mmdin-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A real process, as a person starts it; its output is no terminal. */
function mmdin(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const command = ["--import", join(root, "scripts", "typescript.mjs"), join(root, "src", "cli", "main.ts"), ...words];
  return spawnSync(process.execPath, command, {
    encoding: "utf8",
    cwd: root,
    env: { ...process.env, MMDIN_DEBUG: "" },
  });
}

test("without a command the overview names every command and ends with 0", () => {
  const { status, stdout, stderr } = mmdin();
  expect([status, stderr]).toEqual([0, ""]);
  for (const { name, description } of commands) expect(stdout).toContain(`  ${name.padEnd(13)} ${description}`);
});

test("the version is that of package.json", () => {
  expect(mmdin("--version").stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("the help of a command lists its options and an example, without colours where there is no terminal", () => {
  const { status, stdout } = mmdin("train", "--help");
  expect(status).toBe(0);
  expect(stdout).toContain("--data=<DIR>");
  expect(stdout).toContain("EXAMPLES\n\n  mmdin train --data data/shop --out runs/first");
  expect(stdout).not.toContain("\u001b");
});

test("the help of train lists every option of the run, and those of the model that is named", () => {
  const { stdout } = mmdin("train", "--help", "--model", "din");
  expect(stdout).toMatch(/^ {2}optimizer\.learningRate +0\.004 +Step size of Adam\.$/m);
  expect(stdout).toMatch(/^OPTIONS OF din \(of the others: mmdin train --help --model popularity\|.*\|mmdin\)$/m);
  expect(stdout).toMatch(/^ {2}options\.mlp\.units +\[200,80\] +hidden layers$/m);
  expect(stdout).toMatch(/^ {2}hide\.id +0\.3 /m);
  const { stdout: ofDefault } = mmdin("help", "train");
  expect(ofDefault).toMatch(/^ {2}options\.gates +true +modality gates$/m);
  expect(ofDefault).toMatch(/^ {2}hide\.id +0\.5 /m);
  expect(ofDefault).not.toMatch(/^ {2}options( |$)/m);
});

test("an unknown command ends with 1 and one message that suggests the nearest", () => {
  const { status, stdout, stderr } = mmdin("trian");
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toBe('mmdin: unknown command "trian". Did you mean `mmdin train`?\n');
});

test("an unknown option ends with 1 and one message that suggests the nearest", () => {
  const { status, stdout, stderr } = mmdin("evaluate", "--runs", "x");
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toBe("mmdin evaluate: unknown option --runs. Did you mean --run? See `mmdin evaluate --help`\n");
});

test("a request that is wrong is refused before a run is opened, with the path inside it", () => {
  const request = join(folder, "request.json");
  writeFileSync(request, JSON.stringify({ history: [{ item: 1 }, { item: {} }], candidates: [2] }));
  const { status, stderr } = mmdin("predict", "--run", join(folder, "none"), "--request", request);
  expect(status).toBe(1);
  expect(stderr).toContain(`${request}: history[1].item: wrong type: expected text or a number, got {}\n`);
});

test("predict without anything to rank says what to give", () => {
  const { status, stderr } = mmdin("predict", "--run", "x");
  expect(status).toBe(1);
  expect(stderr).toBe(
    "mmdin predict: nothing to rank: expected --request FILE, or --history A,B,C --candidates D,E,F\n",
  );
});
