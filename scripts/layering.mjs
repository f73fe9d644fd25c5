// Checks who imports whom: a folder of src/ imports only from its own line of ORDER or from earlier lines, no files import
// each other in a circle, and some packages have one door.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Lowest line first. A name that ends in .ts is a file of src/, any other a folder. */
const ORDER = [
  ["contract.ts", "errors.ts", "package-version.ts", "random.ts"],
  ["config"],
  ["api"],
  ["client"],
  ["graph"],
  ["metrics"],
  ["runtime"],
  ["data", "modality"],
  ["nn", "optim"],
  ["models"],
  ["training", "export"],
  ["experiments", "world"],
  ["serving", "distributed"],
  ["index.ts"],
  ["cli"],
];

/** Packages whose values (not types) only these files may import. */
const DOORS = { "onnxruntime-node": ["runtime/onnxruntime.ts"] };

/** What the app may import of src/: types, and the client. It talks to the server over HTTP only. */
const APP_MAY = [/^client\/index\.ts$/];
const APP_MAY_AS_TYPES = [/^(?:api|client)\//, /^contract\.ts$/];

const root = process.argv[2] ?? join(dirname(dirname(fileURLToPath(import.meta.url))), "src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((path) => path.split(sep).join("/"))
  .filter((path) => path.endsWith(".ts"))
  .sort();
const known = new Set(files);
const line = new Map(ORDER.flatMap((names, index) => names.map((name) => [name, index])));
const problems = [];
/** file -> files that it imports (worker files, which are started and not imported, left out). */
const graph = new Map();

for (const file of files) {
  const { imports, values, workers } = specifiers(readFileSync(join(root, file), "utf8"));
  const targets = imports.map((specifier) => resolve(file, specifier)).filter((target) => target !== undefined);
  graph.set(file, targets);
  for (const target of [...targets, ...workers.map((w) => resolve(file, w)).filter((t) => t !== undefined)])
    checkLine(file, target);
  for (const [name, doors] of Object.entries(DOORS))
    if (values.includes(name) && !doors.includes(file) && !file.endsWith(".test.ts"))
      problems.push(`src/${file} imports ${name}: only src/${doors.join(", src/")} may`);
}
if (process.argv[2] === undefined) checkApp(join(dirname(root), "web", "src"));
for (const circle of circles())
  problems.push(`a circle of imports: ${circle.map((file) => `src/${file}`).join(" -> ")}`);

for (const problem of problems) console.error(problem);
console.log(`${files.length} files, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** The app's files against APP_MAY, and no circle among them. */
function checkApp(web) {
  const own = readdirSync(web, { recursive: true, encoding: "utf8" })
    .map((path) => path.split(sep).join("/"))
    .filter((path) => /\.tsx?$/.test(path));
  const exists = new Set(own);
  for (const file of own) {
    const { imports, values } = specifiers(readFileSync(join(web, file), "utf8"));
    const targets = [];
    for (const specifier of imports.filter((name) => name.startsWith("."))) {
      const path = posix.join("web/src", posix.dirname(file), specifier);
      if (path.startsWith("src/")) {
        const target = path.slice(4).replace(/\.js$/, ".ts");
        const allowed = values.includes(specifier) ? APP_MAY : APP_MAY_AS_TYPES;
        if (!allowed.some((pattern) => pattern.test(target)))
          problems.push(
            `web/src/${file} imports src/${target}: the app may import src/client/index.ts, and types of src/api`,
          );
        continue;
      }
      const inside = path.replace(/^web\/src\//, "");
      const target = [inside.replace(/\.js$/, ".ts"), inside.replace(/\.js$/, ".tsx")].find((name) => exists.has(name));
      if (target !== undefined) targets.push(`web/${target}`);
    }
    graph.set(`web/${file}`, targets);
  }
}

function specifiers(text) {
  const all = (pattern) => [...text.matchAll(pattern)].map((match) => match[1]);
  return {
    values: all(/^(?:import|export)\s(?!type\b)[^"'`;]*?\bfrom\s*["']([^"']+)["']/gm),
    imports: [
      ...all(/^(?:import|export)\s[^"'`;]*?\bfrom\s*["']([^"']+)["']/gm),
      ...all(/^import\s*["']([^"']+)["']/gm),
      ...all(/\bimport\(\s*["']([^"']+)["']\s*\)/g),
    ],
    workers: all(/\bnew URL\(\s*["'](\.{1,2}\/[^"']+\.[jt]s)["']\s*,\s*import\.meta\.url/g),
  };
}

function resolve(file, specifier) {
  if (!specifier.startsWith(".")) return undefined;
  const path = posix.join(posix.dirname(file), specifier).replace(/\.js$/, ".ts");
  if (known.has(path)) return path;
  if (file.endsWith(".test.ts") && path.startsWith("../test/")) return undefined; // what tests of several folders share
  // src/ is what is built and packed: nothing outside it can be imported (package.json is read at run time).
  problems.push(`src/${file} imports ${specifier}, which is no file of src/`);
  return undefined;
}

function checkLine(file, target) {
  const [from, to] = [unit(file), unit(target)];
  if (from === to) return;
  const [fromLine, toLine] = [lineOf(from, file), lineOf(to, target)];
  if (fromLine === undefined || toLine === undefined || toLine <= fromLine) return;
  problems.push(
    `src/${file} imports src/${target}: ${from} (line ${fromLine + 1}) may import from lines 1 to ${fromLine + 1} only, ${to} is on line ${toLine + 1}`,
  );
}

function unit(file) {
  return file.split("/")[0];
}

function lineOf(name, file) {
  const found = line.get(name);
  const problem = `src/${name} has no place in the order: give it a line in ${relative(process.cwd(), fileURLToPath(import.meta.url))} (met at src/${file})`;
  if (found === undefined && !problems.some((p) => p.startsWith(`src/${name} has no place`))) problems.push(problem);
  return found;
}

/** Every circle once, found by depth-first search. */
function circles() {
  const state = new Map();
  const path = [];
  const found = [];
  const visit = (file) => {
    state.set(file, "open");
    path.push(file);
    for (const target of graph.get(file) ?? []) {
      if (state.get(target) === "open") found.push([...path.slice(path.indexOf(target)), target]);
      else if (!state.has(target)) visit(target);
    }
    path.pop();
    state.set(file, "done");
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file);
  return found;
}
