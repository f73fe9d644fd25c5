// Builds dist/ from src/, and the app from web/ into dist/web. npm runs it after `npm ci` and before `npm pack` (the `prepare` script), never for someone who
// installs the packed package. The new dist/ replaces the old one only once all of it is there.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { appSizes } from "./app-sizes.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const next = join(root, `dist.${process.pid}`);

const compiler = findCompiler();
if (compiler === undefined) {
  if (existsSync(dist)) {
    console.log("TypeScript is not installed (--omit=dev): dist/ stays as it is.");
    process.exit(0);
  }
  console.error("dist/ is not built and TypeScript is not installed: run `npm ci` without --omit=dev once.");
  process.exit(1);
}

try {
  execFileSync(process.execPath, [compiler, "-p", "tsconfig.build.json", "--outDir", next], {
    cwd: root,
    stdio: "inherit",
  });
  const { datasetJsonSchema } = await import(pathToFileURL(join(next, "config", "dataset-config.js")).href);
  await buildApp(join(next, "web"));
  writeFileSync(join(next, "dataset.schema.json"), `${JSON.stringify(datasetJsonSchema(), null, 2)}\n`);
  // What every exported bundle carries, as it is.
  cpSync(join(root, "src", "export", "bundle"), join(next, "export", "bundle"), { recursive: true });
  chmodSync(join(next, "cli", "main.js"), 0o755);
  rmSync(dist, { recursive: true, force: true });
  renameSync(next, dist);
} catch (error) {
  if (error.status === undefined) throw error; // the compiler has already said what is wrong
  process.exitCode = 1;
} finally {
  rmSync(next, { recursive: true, force: true });
}

/** The app, and what its pages weigh; `MMDIN_BUILD=library` leaves it out. */
async function buildApp(out) {
  if (process.env.MMDIN_BUILD === "library") return;
  const { build } = await import("vite");
  await build({ configFile: join(root, "web", "vite.config.ts"), build: { outDir: out } });
  for (const line of appSizes(out)) console.log(line);
  rmSync(join(out, ".vite"), { recursive: true });
}

function findCompiler() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  } catch {
    return undefined;
  }
}
