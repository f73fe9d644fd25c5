import { type Transformers, transformers } from "./transformers.js";

/** Texts as the ids of their tokens, one row per text, filled up on the right. */
export interface TokenBatch {
  /** Which texts these are, by their places in what was asked. */
  places: readonly number[];
  rows: number;
  /** Tokens of the longest row, T. */
  length: number;
  /** (rows, T) each; the mask is 1 on real tokens. */
  ids: BigInt64Array;
  mask: BigInt64Array;
}

/**
 * Most tokens, padding included, that are run at once. Few, so that texts of one run are of similar length and what is between
 * layers stays in the processor's caches: 256 film overviews through all-MiniLM-L6-v2, 32 handed over at once, took 14.9
 * seconds of processor time as one run each, 7.3 in runs of 1024 tokens.
 */
const TOKENS_AT_ONCE = 1024;
/** Characters looked at per token that there is room for: a text of a megabyte costs what a long one does. */
const CHARACTERS = 64;
/** Where neither the tokenizer nor the model says how long a text may be. */
const LONGEST = 512;

/** Turns texts into tokens by a model's own tokenizer. */
export class Tokens {
  readonly #tokenizer: Transformers.PreTrainedTokenizer;
  readonly #before: readonly number[];
  readonly #after: readonly number[];
  readonly #longest: number;

  private constructor(tokenizer: Transformers.PreTrainedTokenizer, longest: number) {
    this.#tokenizer = tokenizer;
    this.#longest = longest;
    [this.#before, this.#after] = specialTokens(tokenizer);
  }

  /** `positions` are those of the model's config.json. */
  static async open(
    folder: string,
    { positions, where }: { positions: number | undefined; where: string },
  ): Promise<Tokens> {
    const { AutoTokenizer } = await transformers({ where });
    const tokenizer = await AutoTokenizer.from_pretrained(folder, { local_files_only: true });
    // Where a tokenizer has no limit of its own, its file says 1e30.
    const own: number = tokenizer.model_max_length;
    const longest = Math.min(own, positions ?? Number.POSITIVE_INFINITY);
    return new Tokens(tokenizer, longest < 1e6 ? longest : LONGEST);
  }

  /**
   * The texts in batches of similar length; those of which no token is left are in no batch.
   *
   * A text that is too long loses its end, not the special tokens that close it: CLIP reads its vector off the last one.
   */
  batches(texts: readonly string[]): TokenBatch[] {
    const rows = texts
      .map((text, place) => ({ place, ids: this.#row(text) }))
      .filter(({ ids }) => ids.length > 0)
      .sort((a, b) => a.ids.length - b.ids.length);
    const batches: TokenBatch[] = [];
    let batch: typeof rows = [];
    for (const row of rows) {
      if (batch.length > 0 && (batch.length + 1) * row.ids.length > TOKENS_AT_ONCE) {
        batches.push(this.#pad(batch));
        batch = [];
      }
      batch.push(row);
    }
    if (batch.length > 0) batches.push(this.#pad(batch));
    return batches;
  }

  #row(text: string): readonly number[] {
    const room = Math.max(1, this.#longest - this.#before.length - this.#after.length);
    const body = this.#tokenizer.encode(text.slice(0, room * CHARACTERS), { add_special_tokens: false });
    if (body.length === 0) return [];
    return [...this.#before, ...body.slice(0, room), ...this.#after];
  }

  #pad(rows: readonly { place: number; ids: readonly number[] }[]): TokenBatch {
    const length = rows.at(-1)?.ids.length ?? 0;
    const ids = new BigInt64Array(rows.length * length).fill(BigInt(this.#tokenizer.pad_token_id ?? 0));
    const mask = new BigInt64Array(rows.length * length);
    for (const [row, { ids: own }] of rows.entries()) {
      for (const [t, id] of own.entries()) ids[row * length + t] = BigInt(id);
      mask.fill(1n, row * length, row * length + own.length);
    }
    return { places: rows.map(({ place }) => place), rows: rows.length, length, ids, mask };
  }
}

/** The tokens that the tokenizer puts before and after every text: [CLS] and [SEP], or a start and an end of text. */
function specialTokens(tokenizer: Transformers.PreTrainedTokenizer): [number[], number[]] {
  const bare = tokenizer.encode("a", { add_special_tokens: false });
  const full = tokenizer.encode("a");
  const added = full.length - bare.length;
  for (let start = 0; start <= added; start++) {
    if (bare.length > 0 && bare.every((id, at) => full[start + at] === id))
      return [full.slice(0, start), full.slice(start + bare.length)];
  }
  // A tokenizer that leaves unknown letters out: of what it adds, the first opens and the rest closes.
  return [full.slice(0, 1), full.slice(1)];
}
