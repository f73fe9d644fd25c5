import { type Dataset, type ModalityColumn, type Split, UNKNOWN_INDEX } from "./columns.js";
import { itemsWith } from "./has-modality.js";
import { type MissingLeak, missingLeak } from "./missing-leak.js";

export interface ModalityCoverage {
  /** Share of the items that have it. */
  items: number;
  /** Share of the items with an event in training that have it. */
  trainedItems: number;
  /** Share of the rows of each split whose item has it; null without rows. */
  rows: Record<Split, number | null>;
  /** Share of the events whose item has it. */
  events: number;
  /** What "is missing" alone tells. */
  missing: MissingLeak;
}

type Described = Pick<Dataset, "catalogue" | "events" | "rows">;

/**
 * How much of a dataset has each modality, by its name.
 *
 * @param options.trainingEvents [items] logged events of each item in training
 */
export function modalityCoverage(
  { catalogue, events, rows }: Described,
  { trainingEvents }: { trainingEvents: Uint32Array },
): Record<string, ModalityCoverage> {
  const { trained } = catalogue.items;
  const measure = (column: ModalityColumn): ModalityCoverage => {
    const present = itemsWith(column);
    const shareOf = (items: Int32Array) => (items.length === 0 ? null : sharePresent(present, items));
    const real = UNKNOWN_INDEX + 1;
    return {
      items: mean(present.subarray(real)),
      trainedItems: mean(present.subarray(real, trained + 1)),
      rows: { train: shareOf(rows.train.item), valid: shareOf(rows.valid.item), test: shareOf(rows.test.item) },
      events: shareOf(events.item) ?? 0,
      missing: missingLeak(present, { train: rows.train, trainingEvents: trainingEvents.subarray(0, trained + 1) }),
    };
  };
  return Object.fromEntries(catalogue.modalities.map((column) => [column.name, measure(column)]));
}

function sharePresent(present: Uint8Array, items: Int32Array): number {
  let sum = 0;
  for (let r = 0; r < items.length; r++) sum += present[items[r]!]!;
  return sum / items.length;
}

function mean(flags: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < flags.length; i++) sum += flags[i]!;
  return flags.length > 0 ? sum / flags.length : 0;
}
