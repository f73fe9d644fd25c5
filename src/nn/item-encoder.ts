import type { Catalogue, ModalityColumn } from "../data/columns.js";
import { FIRST_VALUE_CODE } from "../data/columns.js";
import { add, concat, gather, mul, reduceSum, sub, type Tensor, unsqueeze } from "../graph/index.js";
import type { Builder, ItemEncoding, ModalityRange } from "./builder.js";
import type { Initial } from "./initial.js";
import { linear } from "./linear.js";

export type { ModalityRange };

export interface EncodedItems extends ItemEncoding {
  /** [U, number of modalities that can be missing]: 1 where the item has the modality; null where none can. */
  present: Tensor | null;
}

export interface ItemEncoderOptions {
  /** Width D of every modality. */
  dimension: number;
  /** Names of the modalities to read; "id" is one of them. */
  modalities: readonly string[];
  /** Standard deviation of the initial embedding rows of categories. */
  std: number;
  /** Of ids, of which there are many, seen seldom; default `std`. */
  idStd?: number;
  /** How the weights of numbers and vectors start; default Glorot's uniform. */
  weights?: Initial;
  /** Put before every name, where a model encodes its items a second time; default nothing. */
  prefix?: string;
}

/**
 * Encodes the distinct items of a batch, once each: z_m(i) in R^D for every modality m. `id` is a row of a table; a category
 * the mean of its rows; a number or a frozen vector goes through Linear(., D). What is missing is a learned vector and a bit.
 * Without a prefix they are what the builder keeps as the model's encoding of items.
 */
export function encodeItems(
  builder: Builder,
  catalogue: Catalogue,
  { dimension, modalities, std, idStd = std, weights, prefix = "" }: ItemEncoderOptions,
): EncodedItems {
  const initial = { kind: "normal", std } as const;
  const parts: Tensor[] = [];
  const ranges: ModalityRange[] = [];
  const bits: Tensor[] = [];
  for (const name of modalities) {
    if (name === "id") {
      parts.push(
        builder.table(
          { rowsOf: "items" },
          {
            name: `${prefix}item.id`,
            rows: catalogue.items.trained + 1,
            dimension,
            letter: "U",
            initial: { kind: "normal", std: idStd },
          },
        ),
      );
    } else {
      const column = catalogue.modalities.find((modality) => modality.name === name)!;
      const present = builder.batch({ from: "present", modality: name }, { shape: ["U", 1] });
      const absent = builder.parameter(`${prefix}item.${name}.absent`, [dimension], { initial, decay: false });
      const value = encodeModality(builder, column, {
        present,
        dimension,
        std,
        name: `${prefix}item.${name}`,
        ...(weights && { weights }),
      });
      parts.push(add(value, mul(sub(1, present), absent)));
      bits.push(present);
    }
    ranges.push({ name, start: (parts.length - 1) * dimension, end: parts.length * dimension });
  }
  const joined = concat(parts);
  if (prefix === "") builder.itemEncoding = { joined, ranges };
  return { joined, ranges, present: bits.length > 0 ? concat(bits) : null };
}

interface ModalityEncoderOptions {
  present: Tensor;
  dimension: number;
  std: number;
  /** Of the table or layer. */
  name: string;
  weights?: Initial;
}

/** z_m [U, D], zeros where the modality is missing. */
function encodeModality(
  builder: Builder,
  column: ModalityColumn,
  { present, dimension, std, name: at, weights: initial }: ModalityEncoderOptions,
): Tensor {
  const { name, kind } = column;
  const layer = { name: at, units: dimension, ...(initial && { initial }) };
  switch (kind) {
    case "category": {
      const rows = builder.table(
        { rowsOf: "bag", modality: name },
        {
          name: at,
          rows: column.vocabulary.length + FIRST_VALUE_CODE,
          dimension,
          letter: `C_${name}`,
          initial: { kind: "normal", std },
        },
      );
      const shape = ["U", `L_${name}`];
      const places = builder.batch({ from: "bagPlaces", modality: name }, { shape, dtype: "int32" });
      const weights = builder.batch({ from: "bagWeights", modality: name }, { shape });
      return reduceSum(mul(gather(rows, places), unsqueeze(weights, 2)), { axes: [1] });
    }
    case "number": {
      const value = builder.batch({ from: "itemNumber", modality: name }, { shape: ["U", 1] });
      return mul(present, linear(builder, value, layer));
    }
    case "vector": {
      const vector = builder.batch({ from: "itemVector", modality: name }, { shape: ["U", column.dimension] });
      return mul(present, linear(builder, vector, layer));
    }
  }
}
