import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";

// What someone gets who installs mmdin, and what a fresh clone needs: changed on purpose or not at all.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const names = z.record(z.string(), z.string());
const entry = z.object({ types: z.string(), default: z.string() });
const manifest = z
  .object({
    type: z.string(),
    license: z.string(),
    engines: names,
    bin: names,
    main: z.string(),
    types: z.string(),
    exports: z.record(z.string(), z.union([z.string(), entry])),
    files: z.array(z.string()),
    dependencies: names,
    devDependencies: names,
    optionalDependencies: names,
    allowScripts: z.record(z.string(), z.boolean()),
  })
  .parse(JSON.parse(read("package.json")));

const installed = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  hasInstallScript: z.boolean().optional(),
  optional: z.boolean().optional(),
  optionalDependencies: names.optional(),
  engines: z.object({ node: z.string().optional() }).optional(),
});
const { packages } = z
  .object({ packages: z.record(z.string(), installed) })
  .parse(JSON.parse(read("package-lock.json")));

test("the package is ESM for Node 20 and newer, with one program and eight doors", () => {
  const { type, license, engines, bin, main, types, exports } = manifest;
  expect([type, license, engines, bin]).toEqual([
    "module",
    "Apache-2.0",
    { node: ">=20" },
    { mmdin: "dist/cli/main.js" },
  ]);
  expect(Object.keys(exports)).toEqual([
    ".",
    "./client",
    "./graph",
    "./metrics",
    "./serving",
    "./world",
    "./dataset.schema.json",
    "./package.json",
  ]);
  expect(exports["."]).toEqual({ types, default: main });
});

test("every door and the program are built from a file of src/", () => {
  const built = Object.values(manifest.exports).flatMap((target) =>
    typeof target === "string" ? [] : [target.types, target.default],
  );
  const sources = [...built, `./${manifest.bin.mmdin}`].map((path) =>
    path.replace(/^\.\/dist\//, "src/").replace(/(\.d\.ts|\.js)$/, ".ts"),
  );
  expect(sources).toHaveLength(13);
  for (const path of sources) expect(existsSync(join(root, path)), path).toBe(true);
});

test('`import ... from "mmdin"` gives these values, and no more', async () => {
  const library = await import("../src/index.js");
  expect(Object.keys(library).sort()).toEqual([
    "MmdinError",
    "ablate",
    "addItems",
    "audit",
    "compare",
    "evaluate",
    "exportRun",
    "loadModel",
    "modelNames",
    "neighbours",
    "neighboursPage",
    "openDataset",
    "prepare",
    "requestOfRow",
    "score",
    "serve",
    "train",
  ]);
}, 180_000);

test("npm packs dist/ without its tests, and the texts beside it", ({ skip }) => {
  if (!existsSync(join(root, "dist/index.js"))) skip("dist/ is not built: npm run build");
  expect(manifest.files).toEqual(["dist", "!dist/**/*.test.*", "NOTICE"]);
  const { stdout, stderr } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const listing = z.array(z.object({ files: z.array(z.object({ path: z.string() })) }));
  const answer: unknown = JSON.parse(stdout || "[]");
  const [packed] = listing.parse(Array.isArray(answer) ? answer : Object.values(answer ?? {}));
  const paths = (packed?.files ?? []).map(({ path }) => path);
  expect(paths, stderr).toEqual(expect.arrayContaining(["dist/index.js", "dist/index.d.ts", "dist/cli/main.js"]));
  expect(paths.filter((path) => !path.startsWith("dist/")).sort()).toEqual([
    "LICENSE",
    "NOTICE",
    "README.md",
    "package.json",
  ]);
  expect(paths.filter((path) => path.includes(".test."))).toEqual([]);
}, 180_000);

test("every dependency has its row in docs/decisions.md, and no row is left of one that is gone", () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  expect(Object.keys(optionalDependencies)).toEqual(["onnxruntime-node"]);
  const used = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  const [, table = ""] = /## Dependencies\n([\s\S]*?)\n## /.exec(read("docs/decisions.md")) ?? [];
  // A row may tell of several, "a (MIT), b (MIT)", and a package may have several.
  const named = [...table.matchAll(/^\| ([^|]+) \|.*\| \d{4}-\d\d-\d\d \|$/gm)].map((match) => match[1] ?? "");
  const rows = [
    ...new Set(named.flatMap((cell) => [...cell.matchAll(/(\S+)(?: \d+)? \(/g)].map((match) => match[1] ?? ""))),
  ];
  expect(rows.sort()).toEqual(used.filter((name) => !name.startsWith("@types/")).sort());
});

test("the lock file names no host, and the prebuilt parts of every platform", () => {
  const found = Object.entries(packages);
  expect(found.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  const missing = found.flatMap(([path, { optionalDependencies }]) =>
    path === ""
      ? []
      : Object.keys(optionalDependencies ?? {})
          .map((name) => `node_modules/${name}`)
          .filter((name) => !(name in packages)),
  );
  expect(missing).toEqual([]);
  const duckdb = found.filter(([path]) => path.startsWith("node_modules/@duckdb/node-bindings-"));
  expect(duckdb).toHaveLength(8);
  for (const [path, { version, integrity }] of duckdb) {
    expect(version, path).toBe(manifest.dependencies["@duckdb/node-api"]);
    expect(integrity, path).toMatch(/^sha512-/);
  }
});

test("everything in the lock file runs on Node 20", () => {
  const ranges = Object.values(packages).flatMap(({ engines }) => engines?.node ?? []);
  expect(ranges.length).toBeGreaterThan(20);
  expect(ranges.filter((range) => !allowsNode20(range))).toEqual([]);
});

test("no dependency needs its install script", () => {
  const scripted = Object.entries(packages).filter(([, found]) => found.hasInstallScript && found.optional !== true);
  const names = scripted.map(([path]) => path.replace(/^node_modules\//, "")).filter((name) => name !== "");
  for (const name of names) expect(manifest.allowScripts, name).toHaveProperty([name], false);
  expect(Object.values(manifest.allowScripts)).not.toContain(true);
  const unknown = Object.keys(manifest.allowScripts).filter((name) => !(`node_modules/${name}` in packages));
  expect(unknown).toEqual([]);
  expect(read(".npmrc")).toMatch(/^onnxruntime-node-install=skip$/m);
});

test("no file names a folder of the machine that it was written on, or the host of a registry", ({ skip }) => {
  const { status, stdout } = spawnSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" });
  if (status !== 0) skip("not a git checkout");
  const folders = ["work", "tmp", "root", "home", "Users"].join("|");
  const place = new RegExp(`(?<![\\w.~*)}/-])/(?:${folders})/[\\w.-]+|\\bregistry\\.[a-z]+js\\b`);
  const files = stdout.split("\0").filter((path) => path !== "" && existsSync(join(root, path)));
  expect(files.length).toBeGreaterThan(200);
  const named = files.flatMap((path) => {
    const found = place.exec(read(path))?.[0];
    return found === undefined ? [] : [`${path}: ${found}`];
  });
  expect(named).toEqual([]);
});

/** Whether one part of a range like `^20.19.0 || >=22` begins at or below Node 20. */
function allowsNode20(range: string): boolean {
  return range.split("||").some((part) => {
    const [, sign = "", major = ""] = /^\s*([\^~>=v]*)\s*(\d+)?/.exec(part) ?? [];
    if (major === "") return part.trim() === "*";
    return sign.includes(">") ? Number(major) <= 20 : Number(major) === 20;
  });
}
