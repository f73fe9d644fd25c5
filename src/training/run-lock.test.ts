import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lockRun } from "./run-lock.js";

/** Runs once, just before the next file is linked, or renamed. */
const before: { link?: (() => void) | undefined; rename?: (() => void) | undefined } = {};
vi.mock(import("node:fs"), async (original) => {
  const fs = await original();
  const run = (what: "link" | "rename") => {
    const act = before[what];
    before[what] = undefined;
    act?.();
  };
  return {
    ...fs,
    linkSync: (...files) => {
      run("link");
      fs.linkSync(...files);
    },
    renameSync: (...files) => {
      run("rename");
      fs.renameSync(...files);
    },
  };
});

const GONE = "2147483646";
const TAKEN = "something else changes this run just now";
let run: string;
let lock: string;
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), "mmdin-lock-"));
  lock = join(run, "changing.lock");
});
afterEach(() => rmSync(run, { recursive: true, force: true }));

test("a lock names its process, is refused to a second one, and leaves nothing when it is given back", () => {
  const unlock = lockRun(run);
  expect(readFileSync(lock, "utf8")).toBe(String(process.pid));
  expect(readdirSync(run)).toEqual(["changing.lock"]);
  expect(() => lockRun(run)).toThrow(TAKEN);
  unlock();
  expect(readdirSync(run)).toEqual([]);
  lockRun(run)();
});

test("a lock is not there before its number is: what is linked is a whole file", () => {
  let found: Record<string, string> = {};
  before.link = () => {
    found = Object.fromEntries(readdirSync(run).map((name) => [name, readFileSync(join(run, name), "utf8")]));
  };
  lockRun(run)();
  expect(found).toEqual({ [`changing.lock.${process.pid}`]: String(process.pid) });
});

test("of two that find the lock of a process that is gone, the one that comes later gives back what the other has taken", () => {
  writeFileSync(lock, GONE);
  before.rename = () => writeFileSync(lock, String(process.ppid)); // the other one has taken it over by now
  expect(() => lockRun(run)).toThrow(TAKEN);
  expect(readFileSync(lock, "utf8")).toBe(String(process.ppid));
  expect(readdirSync(run)).toEqual(["changing.lock"]);
});

test("a lock that is given back while it is looked at is free", () => {
  writeFileSync(lock, GONE);
  before.rename = () => rmSync(lock);
  lockRun(run)();
  expect(readdirSync(run)).toEqual([]);
});

test("where files cannot be linked, the lock is written", () => {
  const refuse = (): void => {
    before.link = refuse;
    throw Object.assign(new Error("no links here"), { code: "EPERM" });
  };
  before.link = refuse;
  writeFileSync(lock, GONE);
  const unlock = lockRun(run);
  expect(readFileSync(lock, "utf8")).toBe(String(process.pid));
  unlock();
  expect(() => lockRun(join(run, "nowhere"))).toThrow("the run cannot be changed: got nothing at this path");
  before.link = undefined;
});
