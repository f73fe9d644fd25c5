import { MmdinError } from "../../errors.js";

/** Lets one piece of work end before the next begins. */
export class Turns {
  readonly #most: number;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @param most pieces that may be there at once. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Pieces that wait or are being done. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @throws MmdinError BUSY where too many wait, and what `act` throws. */
  async next<T>(act: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#most) {
      const fix = "Ask again in a moment.";
      throw new MmdinError("BUSY", "too many items wait to be put already", { expected: `at most ${this.#most}`, fix });
    }
    this.#waiting += 1;
    const own = this.#last.then(act).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = own.catch(() => undefined); // who asked has the error
    return own;
  }

  /** Resolves when all that was asked has been done. */
  async ended(): Promise<void> {
    await this.#last;
  }
}
