import type { RankerObserver } from "../ranker-contract.js";

/** Measures the stages of one question, one after the other. */
export class Stages {
  /** Milliseconds by stage. */
  readonly spent: Record<string, number> = {};
  readonly #observer: RankerObserver;
  readonly #begin = performance.now();
  readonly #deadline: number;
  #last = this.#begin;

  /** @param deadline milliseconds from now. */
  constructor(observer: RankerObserver, deadline: number) {
    this.#observer = observer;
    this.#deadline = deadline;
  }

  /** Milliseconds until the deadline. */
  get left(): number {
    return this.#deadline - (performance.now() - this.#begin);
  }

  /** The stage that ends now began where the last one ended; one that comes twice is added up. */
  end(stage: string): void {
    const now = performance.now();
    this.spent[stage] = (this.spent[stage] ?? 0) + now - this.#last;
    this.#last = now;
  }

  /** The question is answered. */
  done(): Record<string, number> {
    this.spent.total = performance.now() - this.#begin;
    for (const [stage, milliseconds] of Object.entries(this.spent)) this.#observer.stage?.(stage, milliseconds);
    return this.spent;
  }
}
