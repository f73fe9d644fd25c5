// A file is one concept: none under src/ has more than LIMIT lines, unless it is listed here with the reason.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const LIMIT = 400;
/** path under src/ -> why it is longer. */
const LONGER = {};

const root = join(dirname(dirname(fileURLToPath(import.meta.url))), "src");
const problems = [];
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => path.split(sep).join("/"));
for (const file of files) {
  const lines = readFileSync(join(root, file), "utf8").split("\n").length - 1;
  if (lines > LIMIT && !(file in LONGER))
    problems.push(
      `src/${file} has ${lines} lines, the limit is ${LIMIT}: split it, or list it with the reason in scripts/file-size.mjs`,
    );
  if (lines <= LIMIT && file in LONGER)
    problems.push(`src/${file} has ${lines} lines: take it off the list in scripts/file-size.mjs`);
}
for (const file of Object.keys(LONGER))
  if (!files.includes(file)) problems.push(`src/${file} is listed in scripts/file-size.mjs and does not exist`);
for (const problem of problems) console.error(problem);
console.log(`${files.length} files, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
