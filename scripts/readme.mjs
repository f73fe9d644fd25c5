// Holds the words of README.md and docs/ against the built package: every ```ts and ```js block type-checks, every block
// marked `run` runs, the files of examples/ type-check, every `mmdin` command in a ```sh block exists with its options, every `npm run` script exists.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Inside the package's folder, so that `import ... from "mmdin"` finds the package itself.
const work = join(root, ".mmdin", `readme-${process.pid}`);
const docs = join(root, "docs");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(docs)
    .filter((f) => f.endsWith(".md"))
    .map((f) => `docs/${f}`),
];
const blocks = pages.filter((page) => existsSync(join(root, page))).flatMap(readBlocks);
const problems = [];

const built = (path) => import(pathToFileURL(join(root, "dist", path)).href);
const { commands } = await built("cli/commands.js");
const { checkArguments } = await built("cli/arguments.js");
const { parseYaml } = await built("config/yaml-source.js");
const { datasetSchema } = await built("config/dataset-config.js");
const { runSchema } = await built("config/run-config.js");
const { parseRequestText } = await built("config/request.js");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const READERS = {
  dataset: (text, file) => parseYaml(text, { file, schema: datasetSchema }),
  run: (text, file) => parseYaml(text, { file, schema: runSchema }),
  request: parseRequestText,
};
let files = 0;
let lines = 0;
for (const block of blocks.filter(({ language }) => language === "sh"))
  for (const line of commandLines(block)) checkLine(line);
for (const block of blocks) checkFile(block);
const code = blocks.filter(({ language }) => language === "ts" || language === "js");
try {
  checkTypes();
  for (const block of code.filter(({ marks }) => marks.includes("run"))) runSnippet(block);
} finally {
  rmSync(work, { recursive: true, force: true });
}

for (const problem of problems) console.error(problem);
console.log(`${code.length} snippets, ${lines} command lines, ${files} files, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

function readBlocks(page) {
  const found = [];
  let block;
  readFileSync(join(root, page), "utf8")
    .split("\n")
    .forEach((text, index) => {
      const fence = /^\s*```(.*)$/.exec(text);
      if (fence && block === undefined) {
        const [language = "", ...marks] = fence[1].trim().split(/\s+/);
        block = { page, line: index + 1, language, marks, lines: [] };
      } else if (fence) {
        found.push(block);
        block = undefined;
      } else block?.lines.push(text);
    });
  if (block !== undefined) throw new Error(`${page}:${block.line}: a code block that does not end`);
  return found;
}

/** The simple commands of a shell block: comments taken off, continued lines joined, split at && | ; and newlines. */
function commandLines({ page, line, lines: text }) {
  const joined = [];
  text.forEach((raw, index) => {
    const words = raw.replace(/(^|\s)#.*$/, "");
    const open = joined.at(-1);
    if (open?.words.endsWith("\\")) open.words = `${open.words.slice(0, -1)} ${words}`;
    else joined.push({ words, at: `${page}:${line + 1 + index}` });
  });
  return joined
    .flatMap(({ words, at }) => words.split(/&&|\||;/).map((part) => ({ at, words: shellWords(part) })))
    .filter(({ words }) => words.length > 0);
}

function shellWords(text) {
  const cut = text.replace(/\s[12]?>.*$/, "");
  return [...cut.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3]);
}

function checkLine({ at, words: [first, ...rest] }) {
  if (first === "npm" && (rest[0] === "run" || rest[0] === "test")) {
    lines++;
    const script = rest[0] === "test" ? "test" : rest[1];
    if (!(script in scripts)) problems.push(`${at}: package.json has no script "${script}"`);
  }
  const words = first === "npx" ? rest : [first, ...rest];
  if (words[0] !== "mmdin") return;
  lines++;
  const [, name, ...args] = words;
  if (name === undefined || name.startsWith("--")) return;
  const command = commands.find((c) => c.name === name);
  if (command === undefined) problems.push(`${at}: there is no command \`mmdin ${name}\``);
  else if (!args.includes("--help")) {
    try {
      checkArguments(`mmdin ${name}`, { args: command.args, words: args });
    } catch (error) {
      problems.push(`${at}: ${error.message}`);
    }
  }
}

/** A ```yaml block marked `dataset` or `run`, or a ```json block marked `request`, is what its name says. */
function checkFile({ page, line, marks, lines: text }) {
  const kind = marks.find((mark) => mark in READERS);
  if (kind === undefined) return;
  files++;
  try {
    READERS[kind](text.join("\n"), `${page}:${line}`);
  } catch (error) {
    problems.push(error.message);
  }
}

function checkTypes() {
  mkdirSync(work, { recursive: true });
  code.forEach((block, index) => {
    block.file = join(work, `snippet-${index}.${block.language === "ts" ? "mts" : "mjs"}`);
    // The blank lines before it give an error the line that the snippet has in its page.
    writeFileSync(block.file, `${"\n".repeat(block.line)}${block.lines.join("\n")}\nexport {};\n`);
  });
  const compilerOptions = { noEmit: true, allowJs: true, checkJs: true, noUnusedLocals: false };
  const include = ["*.mts", "*.mjs", "../../examples/*.ts", "../../examples/*.mjs"];
  writeFileSync(
    join(work, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include }),
  );
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const { stdout } = spawnSync(process.execPath, [compiler, "-p", work, "--pretty", "false"], {
    encoding: "utf8",
    cwd: work,
  });
  for (const line of stdout.split("\n").filter((text) => text.trim() !== ""))
    problems.push(
      line
        .replace(/^(\.\.\/)+/, "")
        .replace(/^snippet-(\d+)\.m[tj]s\((\d+),(\d+)\)/, (_, n, l, c) => `${code[n].page}:${l}:${c}`),
    );
}

function runSnippet({ file, page, line }) {
  const run = spawnSync(process.execPath, ["--import", "tsx", file], { cwd: work, encoding: "utf8", timeout: 300_000 });
  if (run.status !== 0)
    problems.push(`${page}:${line}: the snippet ended with ${run.status ?? run.signal}\n${run.stderr}`);
}
