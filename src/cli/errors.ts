import { inspect } from "node:util";
import { MmdinError } from "../errors.js";

/**
 * What the command line says of an error: of one of ours its message alone, of any other that it is a fault of mmdin and
 * what to send. With `debug` (the variable MMDIN_DEBUG) the stack and the causes come too.
 */
export function describeError(error: unknown, { debug = false }: { debug?: boolean } = {}): string {
  if (error instanceof MmdinError) {
    const text = debug ? inspect(error) : error.message;
    return text.startsWith("mmdin ") ? text : `mmdin: ${text}`; // "mmdin train: --data is missing" says it already
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const advice =
    "This was not expected and may be a fault of mmdin. Please report it, with the command and what it prints when the variable MMDIN_DEBUG=1 is set.";
  return debug
    ? `mmdin: unexpected error: ${inspect(error)}\n${advice}`
    : `mmdin: unexpected error: ${message}\n${advice}`;
}
