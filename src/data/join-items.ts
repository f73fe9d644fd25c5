import { stackVectors } from "../modality/stack-vectors.js";
import type { CatalogueParts } from "./catalogue-file.js";
import type { Catalogue, CounterColumns, ModalityColumn } from "./columns.js";
import type { NewItems } from "./new-items.js";

/**
 * A catalogue with new items: `target[k]` is the index of new item k, that of an item which it replaces or one from
 * `items.count` on, each once. Counters of new items start at 0; those of replaced ones stay.
 */
export function joinItems(
  { catalogue, parts }: { catalogue: Catalogue; parts: CatalogueParts },
  { added, target }: { added: NewItems; target: Int32Array },
): { catalogue: Catalogue; parts: CatalogueParts } {
  const count = target.reduce((most, index) => Math.max(most, index + 1), catalogue.items.count);
  /** For each item of the joined catalogue: the new item that it is, or -1. */
  const source = new Int32Array(count).fill(-1);
  target.forEach((index, k) => {
    source[index] = k;
  });
  const texts = (before: readonly string[], now: readonly string[]): string[] =>
    Array.from(source, (k, item) => (k >= 0 ? now[k] : before[item]) ?? "");
  const { titles, pictures } = parts.itemTexts;
  return {
    catalogue: {
      ...catalogue,
      items: { ...catalogue.items, count },
      modalities: catalogue.modalities.map((column, m) => joinColumn(column, added.modalities[m]!, source)),
      itemCounters: lengthen(catalogue.itemCounters, count),
    },
    parts: {
      ...parts,
      itemIds: texts(parts.itemIds, added.ids),
      itemTexts: { titles: texts(titles, added.texts.titles), pictures: texts(pictures, added.texts.pictures) },
    },
  };
}

function joinColumn(before: ModalityColumn, now: ModalityColumn, source: Int32Array): ModalityColumn {
  if (before.kind === "number" && now.kind === "number") {
    return {
      ...before,
      values: Float32Array.from(source, (k, item) => (k >= 0 ? now.values[k]! : before.values[item]!)),
    };
  }
  if (before.kind === "category" && now.kind === "category") {
    const lists = Array.from(source, (k, item) => {
      const { codes, offsets } = k >= 0 ? now : before;
      const at = k >= 0 ? k : item;
      return codes.subarray(offsets[at]!, offsets[at + 1]!);
    });
    const offsets = new Int32Array(lists.length + 1);
    lists.forEach((list, item) => {
      offsets[item + 1] = offsets[item]! + list.length;
    });
    const codes = new Int32Array(offsets.at(-1) ?? 0);
    lists.forEach((list, item) => {
      codes.set(list, offsets[item]!);
    });
    return { ...before, offsets, codes };
  }
  if (before.kind === "vector" && now.kind === "vector") return joinVectors(before, now, source);
  throw new TypeError(`modality ${before.name} is ${before.kind} and cannot be joined by ${now.kind}`);
}

type VectorColumn = Extract<ModalityColumn, { kind: "vector" }>;

function joinVectors(before: VectorColumn, now: VectorColumn, source: Int32Array): VectorColumn {
  const { dimension } = before;
  const row = new Int32Array(source.length).fill(-1);
  const vectors: Float32Array[] = [];
  source.forEach((k, item) => {
    const { row: rows, values } = k >= 0 ? now : before;
    const from = rows[k >= 0 ? k : item]!;
    if (from >= 0) row[item] = vectors.push(values.subarray(from * dimension, (from + 1) * dimension)) - 1;
  });
  return { ...before, row, values: stackVectors(vectors, dimension) };
}

function lengthen({ count, positives, means }: CounterColumns, length: number): CounterColumns {
  const longer = <T extends Uint32Array | Float64Array>(values: T, made: T): T => {
    made.set(values);
    return made;
  };
  return {
    count: longer(count, new Uint32Array(length)),
    positives: longer(positives, new Uint32Array(length)),
    means: Object.fromEntries(
      Object.entries(means).map(([name, mean]) => [
        name,
        { count: longer(mean.count, new Uint32Array(length)), sum: longer(mean.sum, new Float64Array(length)) },
      ]),
    ),
  };
}
