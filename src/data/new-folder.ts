import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { MmdinError } from "../errors.js";

export interface NewFolderOptions {
  /** Whether a folder that is there already may be replaced. */
  replaceable(path: string): boolean;
  /** What it would have to be, for the error. */
  expected: string;
}

/**
 * Makes a folder at once or not at all: `fill` writes into a folder beside it, which takes its place when it is complete.
 * A folder that is there stays until then. Whatever ends `fill` early, nothing half-written remains.
 *
 * @throws MmdinError IO where the place is taken by something else.
 */
export async function writeNewFolder<T>(
  path: string,
  options: NewFolderOptions,
  fill: (folder: string) => Promise<T>,
): Promise<T> {
  const place = resolve(path);
  checkPlace(place, options);
  const beside = join(dirname(place), `.${basename(place)}.${process.pid}-${Date.now().toString(36)}`);
  const partial = `${beside}.partial`;
  const discard = () => rmSync(partial, { recursive: true, force: true });
  const stopWatching = onEarlyEnd(discard);
  try {
    mkdirSync(partial, { recursive: true });
    const result = await fill(partial);
    checkPlace(place, options);
    const old = `${beside}.old`;
    const replaced = existsSync(place);
    if (replaced) renameSync(place, old);
    try {
      renameSync(partial, place);
    } catch (cause) {
      if (replaced) renameSync(old, place);
      throw new MmdinError("IO", "the folder cannot be put in place", { where: place, cause });
    }
    rmSync(old, { recursive: true, force: true });
    return result;
  } finally {
    discard();
    stopWatching();
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs `clean` where the process exits or is ended by a signal that nobody else listens to. */
function onEarlyEnd(clean: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (process.listenerCount(signal) > 1) return; // somebody else decides; at exit we clean anyway
    clean();
    stop();
    process.kill(process.pid, signal);
  };
  const stop = () => {
    process.off("exit", clean);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  process.once("exit", clean);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return stop;
}

function checkPlace(place: string, { replaceable, expected }: NewFolderOptions): void {
  if (!existsSync(place) || replaceable(place)) return;
  const names = statSync(place).isDirectory() ? readdirSync(place) : undefined;
  if (names?.length === 0) return;
  const got = names ? `a folder with ${names.slice(0, 3).join(", ")}${names.length > 3 ? " ..." : ""}` : "a file";
  throw new MmdinError("IO", "something else is there already", {
    where: place,
    expected: `a new folder, or ${expected} to replace`,
    got,
    fix: "Choose another folder.",
  });
}
