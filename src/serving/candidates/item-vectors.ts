import { BatchAssembler } from "../../data/batch.js";
import type { Catalogue, ModalityColumn } from "../../data/columns.js";
import { hasModality } from "../../data/has-modality.js";
import type { ConfiguredModel } from "../../models/registry.js";
import { Builder, type ModalityRange } from "../../nn/builder.js";
import { Executor } from "../../runtime/executor.js";
import { FeedMaker } from "../../training/feeds.js";
import { everyItem, planOf } from "../../training/item-tensors.js";
import type { Weights } from "../../training/weights.js";
import { unitBlocks } from "./unit-blocks.js";

/**
 * Makes the vectors that items are compared by: x_i = [x_i1 .. x_iM] / sqrt(m_i), a block a modality, each of length 1, zeros where
 * the item lacks it; m_i is how many it has. So x_i has length 1 (an item with no modality: 0), and x_i . x_j is the sum of the
 * cosines of what both have over sqrt(m_i m_j).
 *
 * Shapes: [n, D], D the widths of all blocks together.
 */
export interface ItemVectorMaker {
  /** The frozen vectors of the catalogue as they are, or what the model makes of ids, categories and vectors. */
  readonly of: "frozen" | "model";
  readonly modalities: readonly string[];
  readonly dimension: number;
  /** Of these items, by index, in a catalogue with the modalities of the first one; it may have grown since. */
  make(catalogue: Catalogue, items: Int32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface ItemVectorOptions {
  catalogue: Catalogue;
  threads: number;
  /** Which ones, where there are both; default: see `openItemVectors`. */
  of?: "frozen" | "model";
}

/**
 * The vectors that found the most held-out positives (docs/serving.md): what the model makes of the id, the categories and the frozen
 * vectors. Where it reads none of the frozen vectors that the catalogue has, or encodes no items, those vectors as they are. Null where
 * there are neither.
 *
 * Numbers are left out: of a number that went through a linear layer, length 1 leaves the sign.
 */
export async function openItemVectors(
  model: ConfiguredModel,
  weightsOf: (builder: Builder) => Weights,
  { catalogue, threads, of }: ItemVectorOptions,
): Promise<ItemVectorMaker | null> {
  const vectors = catalogue.modalities.filter(isVector);
  const frozen = vectors.length > 0 ? new FrozenVectors(vectors) : null;
  if (of === "frozen" && frozen !== null) return frozen;
  const builder = new Builder({ training: false });
  model.forward(builder, { catalogue });
  const ranges = encodedRanges(builder, catalogue);
  const readsVectors = ranges.some(({ name }) => vectors.some((column) => column.name === name));
  if (ranges.length === 0 || (frozen !== null && !readsVectors && of !== "model")) return frozen;
  return EncodedVectors.create({ builder, ranges, weights: weightsOf(builder) }, { threads });
}

/** The modalities that the model encodes, numbers left out; none where it encodes no items. */
function encodedRanges({ itemEncoding }: Builder, { modalities }: Catalogue): ModalityRange[] {
  const numbers = new Set(modalities.filter(({ kind }) => kind === "number").map(({ name }) => name));
  return itemEncoding?.ranges.filter(({ name }) => !numbers.has(name)) ?? [];
}

type VectorColumn = Extract<ModalityColumn, { kind: "vector" }>;
const isVector = (column: ModalityColumn): column is VectorColumn => column.kind === "vector";

/** How many items are encoded at a time. */
const CHUNK = 1024;

class FrozenVectors implements ItemVectorMaker {
  readonly of = "frozen";
  readonly modalities: readonly string[];
  readonly dimension: number;

  constructor(columns: readonly VectorColumn[]) {
    this.modalities = columns.map(({ name }) => name);
    this.dimension = columns.reduce((sum, { dimension }) => sum + dimension, 0);
  }

  async make(catalogue: Catalogue, items: Int32Array): Promise<Float32Array> {
    const made = new Float32Array(items.length * this.dimension);
    const blocks: ModalityRange[] = [];
    let start = 0;
    for (const { name, dimension, row, values } of catalogue.modalities.filter(isVector)) {
      blocks.push({ name, start, end: start + dimension });
      items.forEach((item, k) => {
        const from = row[item]!;
        if (from >= 0) made.set(values.subarray(from * dimension, (from + 1) * dimension), k * this.dimension + start);
      });
      start += dimension;
    }
    return unitBlocks(made, { dimension: this.dimension, blocks });
  }

  async close(): Promise<void> {}
}

class EncodedVectors implements ItemVectorMaker {
  readonly of = "model";
  readonly modalities: readonly string[];
  readonly dimension: number;
  readonly #executor: Executor;
  readonly #builder: Builder;
  readonly #feeds: FeedMaker;
  readonly #ranges: readonly ModalityRange[];
  readonly #width: number;

  private constructor(
    { executor, builder, feeds }: { executor: Executor; builder: Builder; feeds: FeedMaker },
    { ranges, width }: { ranges: readonly ModalityRange[]; width: number },
  ) {
    this.#executor = executor;
    this.#builder = builder;
    this.#feeds = feeds;
    this.#ranges = ranges;
    this.#width = width;
    this.modalities = ranges.map(({ name }) => name);
    this.dimension = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  static async create(
    { builder, ranges, weights }: { builder: Builder; ranges: ModalityRange[]; weights: Weights },
    { threads }: { threads: number },
  ): Promise<EncodedVectors> {
    const { joined } = builder.itemEncoding!;
    const executor = await Executor.create({ joined }, { threads });
    const feeds = new FeedMaker(builder, weights, { of: executor.names });
    return new EncodedVectors({ executor, builder, feeds }, { ranges, width: Number(joined.shape[1]) });
  }

  async make(catalogue: Catalogue, items: Int32Array): Promise<Float32Array> {
    const made = new Float32Array(items.length * this.dimension);
    // One row an item, so a row's number is the index of its item.
    const assembler = new BatchAssembler(everyItem(catalogue), planOf(this.#builder.plan, this.#executor.names));
    for (let start = 0; start < items.length; start += CHUNK) {
      const rows = items.slice(start, start + CHUNK);
      const { joined } = await this.#executor.run(this.#feeds.feeds(assembler.assemble(rows)));
      this.#copy(joined!.data as Float32Array, { catalogue, rows, into: made.subarray(start * this.dimension) });
    }
    let end = 0;
    const blocks = this.#ranges.map(({ name, start, end: until }) => {
      end += until - start;
      return { name, start: end - (until - start), end };
    });
    return unitBlocks(made, { dimension: this.dimension, blocks });
  }

  /** The blocks that are wanted, of what the items have: the unknown id and what stands for a missing category are left out. */
  #copy(
    joined: Float32Array,
    { catalogue, rows, into }: { catalogue: Catalogue; rows: Int32Array; into: Float32Array },
  ): void {
    let to = 0;
    for (const { name, start, end } of this.#ranges) {
      const column = catalogue.modalities.find((modality) => modality.name === name);
      rows.forEach((item, k) => {
        const has = column === undefined ? item > 0 && item <= catalogue.items.trained : hasModality(column, item);
        const from = k * this.#width;
        if (has) into.set(joined.subarray(from + start, from + end), k * this.dimension + to);
      });
      to += end - start;
    }
  }

  async close(): Promise<void> {
    await this.#executor.close();
  }
}
