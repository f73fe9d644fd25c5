import { stripVTControlCharacters } from "node:util";
import { type ArgsDef, defineCommand, type ParsedArgs, renderUsage, runCommand } from "citty";
import { checkArguments } from "./arguments.js";

/** A command as main.ts runs it. */
export interface CliCommand {
  name: string;
  description: string;
  args: ArgsDef;
  /** What `--help` prints; `words` are those beside it. */
  help(options: { colours: boolean; words?: readonly string[] }): Promise<string>;
  /** Runs the command with the words that follow its name; returns the exit code. */
  run(words: string[]): Promise<number>;
}

export interface CommandDefinition<T extends ArgsDef> {
  name: string;
  /** One sentence, without a full stop. */
  description: string;
  args: T;
  /** Command lines that work, for `--help`. */
  examples: readonly string[];
  /** What `--help` says below the examples. */
  more?(words: readonly string[]): Promise<string>;
  /**
   * What it does: calls the library and prints. The library is imported here and not at the top, so that `--help`
   * answers at once and without the native parts.
   *
   * @returns the exit code, where it is not 0.
   */
  run(context: { args: ParsedArgs<T>; set: readonly string[] }): Promise<number | undefined>;
}

/** Declares a command of the line `mmdin NAME ...`. */
export function defineCliCommand<const T extends ArgsDef>(definition: CommandDefinition<T>): CliCommand {
  const { name, description, args, examples, more } = definition;
  return {
    name,
    description,
    args,
    async help({ colours, words = [] }) {
      const usage = await renderUsage(defineCommand({ meta: { name: `mmdin ${name}`, description }, args }));
      const lines = examples.map((example) => `  ${example}`).join("\n");
      const rest = more === undefined ? "" : `\n\n${await more(words)}`;
      const text = `${usage}\n${examples.length > 1 ? "EXAMPLES" : "EXAMPLE"}\n\n${lines}${rest}`.replace(/ +$/gm, "");
      return colours ? text : stripVTControlCharacters(text);
    },
    async run(words) {
      const { words: checked, values } = checkArguments(`mmdin ${name}`, { args, words });
      const set = values.set ?? [];
      let code = 0;
      const command = defineCommand({
        meta: { name, description },
        args,
        run: async (context) => {
          code = (await definition.run({ args: context.args, set })) ?? 0;
        },
      });
      await runCommand(command, { rawArgs: checked });
      return code;
    },
  };
}
