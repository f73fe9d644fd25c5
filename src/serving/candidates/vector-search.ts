import { gather, input, matmul } from "../../graph/index.js";
import { Executor } from "../../runtime/executor.js";

/** Rows for this share of items more are kept ready when there is no room left. */
const GROWTH = 1.25;

/**
 * Dot products with every item of a catalogue, exact, as one matrix product in ONNX Runtime. Items can be added and replaced: their rows
 * are written, no other is touched.
 */
export class VectorSearch {
  readonly dimension: number;
  readonly #products: Executor;
  readonly #pairs: Executor;
  #values: Float32Array;
  #count = 0;

  private constructor(dimension: number, { products, pairs }: { products: Executor; pairs: Executor }) {
    this.dimension = dimension;
    this.#products = products;
    this.#pairs = pairs;
    this.#values = new Float32Array(0);
  }

  static async create(dimension: number, { threads }: { threads: number }): Promise<VectorSearch> {
    const items = input("items", ["U", dimension]);
    const query = input("query", [dimension, 1]);
    const products = await Executor.create({ products: matmul(items, query) }, { threads });
    const chosen = gather(items, input("chosen", ["N"], { dtype: "int32" }));
    try {
      const pairs = await Executor.create({ pairs: matmul(chosen, chosen, { transposeB: true }) }, { threads });
      return new VectorSearch(dimension, { products, pairs });
    } catch (error) {
      await products.close();
      throw error;
    }
  }

  /** Items from 0 on that have a row. */
  get count(): number {
    return this.#count;
  }

  /** Writes rows, [items.length, D]; the rows of items between them that have none yet are zeros. */
  set(items: Int32Array, vectors: Float32Array): void {
    const { dimension } = this;
    const count = items.reduce((most, item) => Math.max(most, item + 1), this.#count);
    if (count * dimension > this.#values.length) {
      const larger = new Float32Array(Math.ceil(count * (this.#count > 0 ? GROWTH : 1)) * dimension);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#count = count;
    items.forEach((item, k) => {
      this.#values.set(vectors.subarray(k * dimension, (k + 1) * dimension), item * dimension);
    });
  }

  /** The row of an item, [D]: not to be changed. */
  row(item: number): Float32Array {
    return this.#values.subarray(item * this.dimension, (item + 1) * this.dimension);
  }

  /** query . x_i for every item i: [count]. */
  async products(query: Float32Array): Promise<Float32Array> {
    if (this.#count === 0) return new Float32Array(0);
    const { products } = await this.#products.run({
      items: this.#items(),
      query: { data: query, dims: [this.dimension, 1] },
    });
    return products!.data as Float32Array;
  }

  /** x_i . x_j for every two of these items: [n, n]. */
  async pairs(items: Int32Array): Promise<Float32Array> {
    if (items.length === 0) return new Float32Array(0);
    const chosen = { data: items, dims: [items.length] };
    const { pairs } = await this.#pairs.run({ items: this.#items(), chosen });
    return pairs!.data as Float32Array;
  }

  #items(): { data: Float32Array; dims: number[] } {
    return {
      data: this.#values.subarray(0, this.#count * this.dimension),
      dims: [this.#count, this.dimension],
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.#products.close(), this.#pairs.close()]);
  }
}
