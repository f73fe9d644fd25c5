import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { open } from "lmdb";
import { expect, onTestFinished, test } from "vitest";
import { openLmdbFiles } from "./lmdb-files.js";
import { LmdbStore } from "./lmdb-store.js";
import { openStore } from "./open-store.js";

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mmdin-lmdb-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const failure = (place: string): Promise<unknown> =>
  openStore(place).then(
    () => "opened",
    (reason: unknown) => reason,
  );

test("a folder of other things, another lmdb, a damaged file: refused, and nothing is written there", async () => {
  const others = newFolder();
  writeFileSync(join(others, "notes.txt"), "mine");
  expect(await failure(others)).toMatchObject({ code: "FORMAT", details: { got: "a folder with notes.txt" } });
  expect(readdirSync(others)).toEqual(["notes.txt"]);

  const another = newFolder();
  const cache = open({ path: another, noSubdir: false });
  await cache.put("key", "value");
  await cache.close();
  expect(await failure(another)).toMatchObject({ code: "FORMAT", details: { got: "another database" } });

  const damaged = newFolder();
  writeFileSync(join(damaged, "data.mdb"), Buffer.alloc(20_000, 7));
  expect(await failure(damaged)).toMatchObject({ code: "FORMAT", details: { got: "a data.mdb that cannot be read" } });
});

test("a place that is a file, or below one, is refused with its name", async () => {
  const folder = newFolder();
  const file = join(folder, "file");
  writeFileSync(file, "mine");
  expect(await failure(file)).toMatchObject({
    code: "STORE",
    details: { where: file, got: "something else in its way" },
  });
  expect(await failure(join(file, "below"))).toMatchObject({ code: "STORE" });
});

test("a folder of a volume, with its lost+found, is a new store", async () => {
  const folder = newFolder();
  mkdirSync(join(folder, "lost+found"));
  await (await openStore(folder)).close();
  expect(readdirSync(folder)).toContain("data.mdb");
});

test("a closed store says that it is closed", async () => {
  const store = await openStore(newFolder());
  await store.close();
  await store.close();
  await expect(store.user("ann")).rejects.toMatchObject({ code: "STORE" });
  await expect(store.append([{ user: "ann", item: "a", time: 1, label: 1 }])).rejects.toMatchObject({ code: "STORE" });
});

// A limit that can be lifted again from outside is Linux's.
test.skipIf(process.platform !== "linux")(
  "a full disk is a STORE error of each call that met it; what was acknowledged stays, and it goes on when there is room",
  async () => {
    const script = fileURLToPath(new URL("../../../test/state/fill-disk.ts", import.meta.url));
    const loader = fileURLToPath(new URL("../../../scripts/typescript.mjs", import.meta.url));
    // No file larger than 1 MiB (of 512-byte blocks, as POSIX counts), and an error instead of a signal: what a full disk is to lmdb.
    const command = `trap '' XFSZ; ulimit -S -f 2048; exec "$0" --import "$1" "$2" "$3"`;
    const { stdout, stderr, code } = await new Promise<{ stdout: string; stderr: string; code: unknown }>((done) => {
      execFile("sh", ["-c", command, process.execPath, loader, script, newFolder()], (error, out, err) =>
        done({ stdout: out, stderr: err, code: error?.code ?? 0 }),
      );
    });
    expect(code, stderr).toBe(0);
    const { acknowledged, kept, refused, after, first } = JSON.parse(stdout);
    expect(first.code).toBe("STORE");
    expect(first.message).toMatch(/: the store cannot write to its disk: got .+\. Free space on the disk/);
    expect([refused, after]).toEqual([12, 0]);
    expect(acknowledged).toBeGreaterThan(100);
    expect(kept).toBe(acknowledged);
  },
);

test("a sweep removes who is due, in a folder that nobody reads from", async () => {
  const folder = newFolder();
  const store = await LmdbStore.open(folder);
  await store.append(Array.from({ length: 150 }, (_, k) => ({ user: `u${k}`, item: "a", time: k, label: 1 })));
  await store.close();
  await new Promise((next) => setTimeout(next, 30));
  await (await LmdbStore.open(folder, { timeToLive: 0.02 })).close();
  const { root, users, events, seen, counts } = openLmdbFiles(folder);
  expect([users, events, seen, counts].map((table) => table.getCount())).toEqual([0, 0, 0, 1]);
  await root.close();
});
