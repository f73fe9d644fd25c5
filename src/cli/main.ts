#!/usr/bin/env node
import { describeError } from "./errors.js";
import { printNote } from "./output.js";
import { runCommandLine } from "./run.js";

// `mmdin ... | head` closes the pipe before all is written: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.on("uncaughtException", (error) => {
  printNote(describeError(error, { debug: Boolean(process.env.MMDIN_DEBUG) }));
  process.exit(1);
});

process.exitCode = await runCommandLine(process.argv.slice(2));
