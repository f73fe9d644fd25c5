import { writeSync } from "node:fs";

const FULL = 1 << 15;
const WAIT = 100;

/**
 * Log lines on their way to a file descriptor: written together, at most a tenth of a second after they were said, and at the end of the process.
 * One system call a line would cost a busy server more than the line.
 */
export class LogStream {
  readonly #descriptor: number;
  #lines = "";
  #timer: NodeJS.Timeout | undefined;
  readonly #atExit = (): void => this.flush();

  constructor(descriptor = 2) {
    this.#descriptor = descriptor;
    process.once("exit", this.#atExit);
  }

  write(line: string): void {
    this.#lines += line;
    if (this.#lines.length >= FULL) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), WAIT).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const bytes = Buffer.from(this.#lines);
    this.#lines = "";
    let written = 0;
    for (let tries = 0; written < bytes.length && tries < 1000; tries++) {
      try {
        written += writeSync(this.#descriptor, bytes, written);
      } catch (error) {
        // A pipe whose reader is slow says "again"; one without a reader takes no more: a log that nobody reads ends no server.
        if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) return;
      }
    }
  }

  close(): void {
    process.off("exit", this.#atExit);
    this.flush();
  }
}
