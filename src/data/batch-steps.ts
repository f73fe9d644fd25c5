import { ageBucket } from "./batch-inputs.js";
import type { BatchLayout } from "./batch-layout.js";
import { type Catalogue, type EventColumns, MISSING_CODE } from "./columns.js";
import { distinctPlaces, type Places } from "./distinct-places.js";
import { findFeature } from "./feature-columns.js";
import { normalise } from "./features.js";
import type { HiddenParts } from "./hidden-parts.js";
import { kindError } from "./kind-error.js";

/** Inputs that belong to the history's steps: ages and event features, [B, T]. */
export class StepInputs {
  readonly #catalogue: Catalogue;
  readonly #events: EventColumns;
  readonly #layout: BatchLayout;
  readonly #hidden: HiddenParts;
  readonly #codes = new Map<string, Places>();

  constructor(
    { catalogue, events }: { catalogue: Catalogue; events: EventColumns },
    layout: BatchLayout,
    hidden: HiddenParts,
  ) {
    this.#catalogue = catalogue;
    this.#events = events;
    this.#layout = layout;
    this.#hidden = hidden;
  }

  ages(): Int32Array {
    const { B, T, steps, event } = this.#layout;
    const hidden = this.#hiddenSteps("age");
    const ages = new Int32Array(B * T);
    for (let b = 0; b < B; b++) {
      const now = this.#events.time[event[b]!]!;
      for (let t = 0; t < T; t++) {
        const step = steps[b * T + t]!;
        if (step >= 0 && !hidden?.[b * T + t]) ages[b * T + t] = ageBucket(now - this.#events.time[step]!);
      }
    }
    return ages;
  }

  codes(name: string): Places {
    let places = this.#codes.get(name);
    if (places === undefined) {
      const { B, T, steps } = this.#layout;
      const { column } = findFeature(this.#catalogue.eventFeatures, this.#events.features, { of: "step", name });
      if (column.kind !== "category") throw kindError(name, "category", column.kind);
      const hidden = this.#hiddenSteps(name);
      const codes = new Int32Array(B * T).fill(-1);
      for (let i = 0; i < codes.length; i++) {
        const step = steps[i]!;
        if (step >= 0) codes[i] = hidden?.[i] ? MISSING_CODE : column.codes[step]!;
      }
      places = distinctPlaces(codes);
      this.#codes.set(name, places);
    }
    return places;
  }

  number(name: string, present: boolean): Float32Array {
    const { steps } = this.#layout;
    const { schema, column } = findFeature(this.#catalogue.eventFeatures, this.#events.features, { of: "step", name });
    if (column.kind !== "number" || schema.kind !== "number") throw kindError(name, "number", column.kind);
    const hidden = this.#hiddenSteps(name);
    const out = new Float32Array(steps.length);
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      const value = step < 0 || hidden?.[i] ? Number.NaN : column.values[step]!;
      if (!Number.isNaN(value)) out[i] = present ? 1 : normalise(schema.normaliser, value);
    }
    return out;
  }

  /** Hidden steps of a feature: [B, T]. */
  #hiddenSteps(name: string): Uint8Array | null {
    const { B, T } = this.#layout;
    return this.#hidden.of(`step ${name}`, { rate: this.#hidden.rates.feature, count: B * T });
  }
}
