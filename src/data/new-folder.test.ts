import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeNewFolder } from "./new-folder.js";

const OPTIONS = { replaceable: () => false, expected: "one of ours" };

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("the folder is there only once it is complete, missing parents included", async () => {
  const folder = temporary();
  const place = join(folder, "deep", "new");
  const seen = await writeNewFolder(place, OPTIONS, async (partial) => {
    writeFileSync(join(partial, "a"), "1");
    return readdirSync(join(folder, "deep"));
  });
  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatch(/^\.new\..*\.partial$/);
  expect(readdirSync(join(folder, "deep"))).toEqual(["new"]);
  expect(readFileSync(join(place, "a"), "utf8")).toBe("1");
});

test("what fails leaves nothing", async () => {
  const folder = temporary();
  const failing = writeNewFolder(join(folder, "new"), OPTIONS, async (partial) => {
    writeFileSync(join(partial, "a"), "1");
    throw new Error("in the middle");
  });
  await expect(failing).rejects.toThrow("in the middle");
  expect(readdirSync(folder)).toEqual([]);
});

test("a file in its place is refused before anything is done", async () => {
  const folder = temporary();
  writeFileSync(join(folder, "new"), "mine");
  const refused = writeNewFolder(join(folder, "new"), OPTIONS, async () => expect.fail("not to be called"));
  await expect(refused).rejects.toThrow("expected a new folder, or one of ours to replace, got a file");
});

test("Ctrl-C in the middle leaves nothing, and ends the process as Ctrl-C does", async () => {
  const folder = temporary();
  const script = `
    import { writeNewFolder } from ${JSON.stringify(new URL("./new-folder.ts", import.meta.url).href)};
    await writeNewFolder(${JSON.stringify(join(folder, "new"))}, { replaceable: () => false, expected: "" }, async () => {
      console.log("started");
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  expect(readdirSync(folder)).toHaveLength(1);
  child.kill("SIGINT");
  const [, signal] = await once(child, "exit");
  expect(signal).toBe("SIGINT");
  expect(readdirSync(folder)).toEqual([]);
});
