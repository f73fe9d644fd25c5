import { nearest } from "../config/nearest.js";
import { MmdinError } from "../errors.js";
import { packageVersion } from "../package-version.js";
import type { CliCommand } from "./command.js";
import { commands } from "./commands.js";
import { describeError } from "./errors.js";
import { printNote, printResult } from "./output.js";

/**
 * Runs a command line, the words after `mmdin`. Errors are printed to stderr, never thrown.
 *
 * @returns the exit code: 0, or 1 after an error, or what the command says (130 after Ctrl-C).
 */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  try {
    const [first, ...rest] = words;
    if (first === undefined || isHelp(first) || (first === "help" && rest.length === 0)) {
      printResult(overview());
      return 0;
    }
    if (first === "--version" || first === "-v") {
      printResult(packageVersion());
      return 0;
    }
    const wanted = first === "help" ? (rest[0] ?? "") : first;
    const command = findCommand(wanted);
    if (first === "help" || rest.some(isHelp)) {
      printResult(await command.help({ colours: process.stdout.isTTY === true, words: rest }));
      return 0;
    }
    return await command.run(rest);
  } catch (error) {
    printNote(describeError(error, { debug: Boolean(process.env.MMDIN_DEBUG) }));
    return 1;
  }
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

function findCommand(name: string): CliCommand {
  const found = commands.find((command) => command.name === name);
  if (found) return found;
  const names = commands.map((command) => command.name);
  const near = nearest(name, names);
  const fix = near ? `Did you mean \`mmdin ${near}\`?` : `Commands: ${names.join(", ")}. See \`mmdin --help\``;
  const problem = name.startsWith("-") ? `unknown option ${name}` : `unknown command "${name}"`;
  throw new MmdinError("CONFIG", problem, { fix });
}

function overview(): string {
  const lines = commands.map(({ name, description }) => `  ${name.padEnd(13)} ${description}`);
  return `mmdin ${packageVersion()}: a multi-head, multi-modal Deep Interest Network, trained and measured from Node

USAGE  mmdin COMMAND [OPTIONS]

${lines.join("\n")}

\`mmdin COMMAND --help\` lists the options of a command and shows an example. Results go to stdout, progress to stderr.`;
}
