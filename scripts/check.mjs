// `npm run check`: everything but the tests. One line a step; what a failed step said comes below its line.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const bin = (name, path) => join(dirname(require.resolve(`${name}/package.json`)), path);

const STEPS = [
  ["build", ["scripts/build.mjs"]],
  ["types", [bin("typescript", "bin/tsc"), "-p", "tsconfig.json"]],
  ["types of web/", [bin("typescript", "bin/tsc"), "-p", "web/tsconfig.json"]],
  ["lint and format", [bin("@biomejs/biome", "bin/biome"), "check", "--error-on-warnings", "."]],
  ["layering", ["scripts/layering.mjs"]],
  ["file sizes", ["scripts/file-size.mjs"]],
  ["README", ["scripts/readme.mjs"]],
];

let failed = 0;
for (const [name, command] of STEPS) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const ok = status === 0;
  if (!ok) failed++;
  const last = stdout.trim().split("\n").at(-1) ?? "";
  console.log(
    `${ok ? "ok    " : "FAILED"}  ${name.padEnd(16)} ${seconds.padStart(5)} s  ${ok && /^\d/.test(last) ? last : ""}`.trimEnd(),
  );
  if (!ok) console.log(`${stdout}${stderr}`.trimEnd().replace(/^/gm, "        "));
}
console.log(failed === 0 ? `all ${STEPS.length} checks passed` : `${failed} of ${STEPS.length} checks failed`);
process.exitCode = failed === 0 ? 0 : 1;
