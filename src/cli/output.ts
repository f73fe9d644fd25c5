/** The result of a command: the only thing that goes to stdout. */
export function printResult(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The result as JSON, for programs. */
export function printJson(value: unknown): void {
  printResult(JSON.stringify(value, null, 2));
}

/** A remark to the person who watches; goes to stderr. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}
