import { ablateCommand } from "./ablate.js";
import { addItemsCommand } from "./add-items.js";
import { auditCommand } from "./audit.js";
import type { CliCommand } from "./command.js";
import { compareCommand } from "./compare.js";
import { demoCommand } from "./demo.js";
import { evaluateCommand } from "./evaluate.js";
import { exportCommand } from "./export.js";
import { exportEventsCommand } from "./export-events.js";
import { loadEventsCommand } from "./load-events.js";
import { neighboursCommand } from "./neighbours.js";
import { predictCommand } from "./predict.js";
import { prepareCommand } from "./prepare.js";
import { serveCommand } from "./serve.js";
import { trainCommand } from "./train.js";
import { worldCommand } from "./world.js";

/** The commands in the order in which they are used, and listed. */
export const commands: readonly CliCommand[] = [
  demoCommand,
  prepareCommand,
  auditCommand,
  trainCommand,
  evaluateCommand,
  compareCommand,
  ablateCommand,
  predictCommand,
  exportCommand,
  addItemsCommand,
  loadEventsCommand,
  serveCommand,
  exportEventsCommand,
  neighboursCommand,
  worldCommand,
];
