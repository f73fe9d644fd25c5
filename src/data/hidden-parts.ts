import { RandomStream } from "../random.js";

/** Probabilities with which training hides what it knows, so that a request without it still scores. */
export interface HideRates {
  /** An item's id becomes the unknown id (this trains the unknown row). */
  id: number;
  /** Of the rows whose candidate's id is hidden: its statistics become those of an item without events, as a new one's are. */
  statistics: number;
  /** A modality of an item becomes missing. */
  modality: number;
  /** A feature of a step or of the context becomes missing; a user becomes the unknown user. */
  feature: number;
}

/** Masks and hidden parts of one training step are drawn from (seed, step). */
export interface TrainingDraw {
  seed: number;
  step: number;
  hide: HideRates;
}

const NOTHING: HideRates = { id: 0, statistics: 0, modality: 0, feature: 0 };

/** What is hidden in one batch; nothing outside training. */
export class HiddenParts {
  readonly rates: HideRates;
  readonly #draw: TrainingDraw | undefined;
  readonly #known = new Map<string, Uint8Array>();

  constructor(draw: TrainingDraw | undefined) {
    this.#draw = draw;
    this.rates = draw?.hide ?? NOTHING;
  }

  /** Which of `count` things are hidden, 1 with probability `rate`; the same answer however often it is asked. Null: none. */
  of(what: string, { rate, count }: { rate: number; count: number }): Uint8Array | null {
    if (this.#draw === undefined || rate <= 0) return null;
    let hidden = this.#known.get(what);
    if (hidden === undefined) {
      const random = new RandomStream(this.#draw.seed, "hide", what, this.#draw.step);
      const limit = rate * 2 ** 32;
      hidden = new Uint8Array(count);
      for (let i = 0; i < count; i++) hidden[i] = random.at(i) < limit ? 1 : 0;
      this.#known.set(what, hidden);
    }
    return hidden;
  }
}
