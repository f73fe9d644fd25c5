// A file is one concept: none under src/ and web/src/ has more than LIMIT lines, unless it is listed here with the reason.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const LIMIT = 400;
/** path -> why it is longer. */
const LONGER = {};

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const problems = [];
const files = ["src", "web/src"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => `${folder}/${path.split(sep).join("/")}`),
);
for (const file of files) {
  const lines = readFileSync(join(root, file), "utf8").split("\n").length - 1;
  if (lines > LIMIT && !(file in LONGER))
    problems.push(
      `${file} has ${lines} lines, the limit is ${LIMIT}: split it, or list it with the reason in scripts/file-size.mjs`,
    );
  if (lines <= LIMIT && file in LONGER)
    problems.push(`${file} has ${lines} lines: take it off the list in scripts/file-size.mjs`);
}
for (const file of Object.keys(LONGER))
  if (!files.includes(file)) problems.push(`${file} is listed in scripts/file-size.mjs and does not exist`);
for (const problem of problems) console.error(problem);
console.log(`${files.length} files, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
