import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { replaceFile, replaceFileFrom, writeFileAtomic, writeJsonAtomic } from "./atomic.js";

const folder = mkdtempSync(join(tmpdir(), "mmdin-atomic-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a text, bytes and a JSON value are read back as written, in folders that are made on the way", () => {
  const path = join(folder, "deep", "er", "file");
  writeFileAtomic(path, "één");
  expect(readFileSync(path, "utf8")).toBe("één");
  writeFileAtomic(path, Uint8Array.of(0, 255, 7));
  expect([...readFileSync(path)]).toEqual([0, 255, 7]);
  writeJsonAtomic(path, { auc: 0.5 });
  expect(readFileSync(path, "utf8")).toBe('{\n  "auc": 0.5\n}\n');
  expect(readdirSync(join(folder, "deep", "er"))).toEqual(["file"]);
});

test("a writer that fails half-way leaves the old file and nothing beside it", () => {
  const own = mkdtempSync(join(folder, "half-"));
  const path = join(own, "weights");
  writeFileSync(path, "old");
  const fail = () =>
    replaceFile(path, (write) => {
      write(new Uint8Array(100));
      throw new Error("out of numbers");
    });
  expect(fail).toThrow("out of numbers");
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(own)).toEqual(["weights"]);
});

test("a path that cannot be written ends in one IO error that names it", () => {
  writeFileSync(join(folder, "plain"), "");
  const path = join(folder, "plain", "file");
  expect(() => writeFileAtomic(path, "x")).toThrow(`${path}: the file could not be written: got `);
  const busy = mkdtempSync(join(folder, "busy-"));
  expect(() => writeFileAtomic(busy, "x")).toThrow(`${busy}: the file could not be written: got a folder`);
});

test("pieces that come with time make one file, and an error among them leaves the old one and nothing beside it", async () => {
  const own = mkdtempSync(join(folder, "pieces-"));
  const path = join(own, "deep", "events");
  async function* pieces(fails: boolean): AsyncGenerator<Uint8Array> {
    yield Buffer.from("one ");
    await new Promise((next) => setTimeout(next, 1));
    if (fails) throw new Error("gone");
    yield Buffer.from("two");
  }
  await replaceFileFrom(path, pieces(false));
  await expect(replaceFileFrom(path, pieces(true))).rejects.toThrow("gone");
  expect(readFileSync(path, "utf8")).toBe("one two");
  expect(readdirSync(join(own, "deep"))).toEqual(["events"]);
});
