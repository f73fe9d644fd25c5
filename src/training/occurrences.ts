import type { BatchSourceColumns } from "../data/batch.js";
import type { TableInput } from "../data/batch-inputs.js";
import { historyLengthOf, userOf } from "../data/batch-layout.js";
import { UNKNOWN_INDEX } from "../data/columns.js";
import { findFeature } from "../data/feature-columns.js";
import { kindError } from "../data/kind-error.js";
import type { Builder } from "../nn/builder.js";

/**
 * n_j of the mini-batch-aware L2: for every row j of every table, the number of training rows that hold it, as candidate, in
 * the history, in the context or as the user; a training row counts once however often it holds j.
 *
 * Zhou et al., Deep Interest Network (2018), section 5.1, https://arxiv.org/abs/1706.06978
 */
export function tableOccurrences(columns: BatchSourceColumns, builder: Builder): Map<string, Int32Array> {
  const counts = new Map<string, Int32Array>();
  for (const table of builder.plan.tables) {
    const { table: name } = builder.tableUses.get(table.name)!;
    counts.set(name, countRows(columns, { hold: holderOf(columns, table), rows: builder.tables.get(name)!.rows }));
  }
  return counts;
}

/** Calls `see` with every table row that a training row holds, repeats included. */
type Holder = (row: TrainingRow, see: (tableRow: number) => void) => void;

interface TrainingRow {
  item: number;
  event: number;
  user: number;
  /** Event indices of the history. */
  steps: readonly number[];
}

function countRows(
  { catalogue, events, rows }: BatchSourceColumns,
  { hold, rows: size }: { hold: Holder; rows: number },
): Int32Array {
  const counts = new Int32Array(size);
  const stamp = new Int32Array(size).fill(-1);
  for (let row = 0; row < rows.count; row++) {
    const event = rows.event[row]!;
    const user = userOf(events, event);
    const end = events.historyEnd[event]!;
    const length = historyLengthOf(events, event, { user, length: catalogue.history.length });
    const steps = Array.from({ length }, (_, t) => {
      const position = end - length + t;
      return events.history === null ? position : events.history[position]!;
    });
    hold({ item: rows.item[row]!, event, user, steps }, (tableRow) => {
      if (stamp[tableRow] === row) return;
      stamp[tableRow] = row;
      counts[tableRow]! += 1;
    });
  }
  return counts;
}

function holderOf({ catalogue, events }: BatchSourceColumns, table: TableInput): Holder {
  switch (table.rowsOf) {
    case "items": {
      const idRow = (item: number): number => (item > catalogue.items.trained ? UNKNOWN_INDEX : item);
      return ({ item, steps }, see) => {
        see(idRow(item));
        for (const step of steps) see(idRow(events.item[step]!));
      };
    }
    case "bag": {
      const column = catalogue.modalities.find(({ name }) => name === table.modality);
      if (column?.kind !== "category") throw kindError(table.modality, "category", column?.kind ?? "none");
      const { offsets, codes } = column;
      const seeAll = (item: number, see: (tableRow: number) => void): void => {
        for (let i = offsets[item]!; i < offsets[item + 1]!; i++) see(codes[i]!);
      };
      return ({ item, steps }, see) => {
        seeAll(item, see);
        for (const step of steps) seeAll(events.item[step]!, see);
      };
    }
    case "step": {
      const codes = codesOf(findFeature(catalogue.eventFeatures, events.features, { of: "step", name: table.feature }));
      return ({ steps }, see) => {
        for (const step of steps) see(codes[step]!);
      };
    }
    case "context": {
      const codes = codesOf(findFeature(catalogue.context, events.context, { of: "context", name: table.feature }));
      return ({ event }, see) => see(codes[event]!);
    }
    case "userFeature": {
      const { schema, columns } = catalogue.userFeatures;
      const codes = codesOf(findFeature(schema, columns, { of: "user", name: table.feature }));
      return ({ user }, see) => see(codes[user]!);
    }
    case "user":
      return ({ user }, see) => see(user > catalogue.users.trained ? UNKNOWN_INDEX : user);
  }
}

function codesOf({ schema, column }: ReturnType<typeof findFeature>): ArrayLike<number> {
  if (column.kind !== "category") throw kindError(schema.name, "category", column.kind);
  return column.codes;
}
