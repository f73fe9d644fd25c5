import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ApiKeys } from "./api-keys.js";

function keys(text: string): { read: () => ApiKeys; path: string } {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-keys-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "keys");
  writeFileSync(path, text, { mode: 0o600 });
  return { path, read: () => ApiKeys.read(path) };
}

const [first, second] = ["1".repeat(16), "2".repeat(40)];

test("each line is a key but comments and empty lines, and a request's key is found by its place", () => {
  const found = keys(`# old\r\n${first}\r\n\n  ${second}  \n`).read();
  expect([found.count, found.warning()]).toEqual([2, undefined]);
  expect(found.check({ authorization: `bearer ${second}` })).toBe(1);
  expect(found.check({ "x-api-key": first })).toBe(0);
});

test("a key that differs at its end, is longer, or is a comment is not known", () => {
  const found = keys(`#${first}\n${second}`).read();
  for (const key of [first, `#${first}`, second.slice(0, -1), `${second}2`, `${second.slice(0, -1)}3`])
    expect(() => found.check({ "x-api-key": key })).toThrow("This key is not known");
  for (const headers of [{}, { authorization: "Basic abc" }, { authorization: "Bearer " }, { "x-api-key": "" }])
    expect(() => found.check(headers)).toThrow("This server asks for a key");
});

test("short keys, blanks inside of one, and a file without any are refused by their lines", () => {
  expect(keys(`${first}\nshort`).read).toThrow(/keys:2: no key: expected 16 characters or more, without blanks, got 5/);
  expect(keys("two words of a key here").read).toThrow(/keys:1: no key/);
  expect(keys("# nothing\n").read).toThrow(/there is no key in this file\. Make one with `openssl rand -hex 32`/);
});

test("read again, a removed key is not known any more", () => {
  const { path, read } = keys(`${first}\n${second}`);
  const found = read();
  writeFileSync(path, second);
  found.reload();
  expect(() => found.check({ "x-api-key": first })).toThrow("not known");
  expect(found.check({ "x-api-key": second })).toBe(0);
});
