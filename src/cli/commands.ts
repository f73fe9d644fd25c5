import type { CliCommand } from "./command.js";
import { evaluateCommand } from "./evaluate.js";
import { predictCommand } from "./predict.js";
import { prepareCommand } from "./prepare.js";
import { trainCommand } from "./train.js";

/** The commands in the order in which they are used, and listed. */
export const commands: readonly CliCommand[] = [prepareCommand, trainCommand, evaluateCommand, predictCommand];
