import type { Ranker } from "../ranker-contract.js";
import { HttpProblem } from "./http-problem.js";

/** The ranker of a server: not there yet, there, or about to go. */
export class Served {
  #ranker: Ranker | undefined;
  #stopping = false;

  /** @throws HttpProblem STARTING while there is none. */
  get ranker(): Ranker {
    if (this.#ranker === undefined)
      throw new HttpProblem("STARTING", "The model is being loaded: ask again in a moment");
    return this.#ranker;
  }

  get found(): Ranker | undefined {
    return this.#ranker;
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  start(ranker: Ranker): void {
    this.#ranker = ranker;
  }

  stop(): void {
    this.#stopping = true;
  }
}
