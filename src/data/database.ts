import { type DuckDBConnection, type DuckDBDataChunk, DuckDBInstance, type DuckDBVector } from "@duckdb/node-api";

/** Arrays that a column of a query can be read into: INTEGER, DOUBLE, FLOAT and UTINYINT, in that order. */
export type ColumnTarget = Int32Array | Float64Array | Float32Array | Uint8Array;

/**
 * A DuckDB in memory (UTC, spilling below `spill` where memory is short), read column by column: a result never becomes
 * row objects.
 */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  /** Queries take turns: a streamed result ends early, silently, where another query starts on its connection. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /** `root`: the folder that relative files of a query are looked up in. */
  static async open({ root, spill, threads }: { root: string; spill?: string; threads?: number }): Promise<Database> {
    const settings: Record<string, string> = { preserve_insertion_order: "true" };
    if (spill) settings.temp_directory = spill;
    if (threads) settings.threads = String(threads);
    const instance = await DuckDBInstance.create(":memory:", settings);
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(`SET file_search_path = ${quote(root)}`);
    return new Database(instance, connection);
  }

  async run(sql: string): Promise<void> {
    await this.#turn(() => this.#connection.run(sql));
  }

  /** Rows of a small result, as plain values (64-bit integers become numbers). */
  async rows(sql: string): Promise<unknown[][]> {
    const reader = await this.#turn(() => this.#connection.runAndReadAll(sql));
    return reader.getRowsJS().map((row) => row.map((value) => (typeof value === "bigint" ? Number(value) : value)));
  }

  /** The one value of a query. */
  async value(sql: string): Promise<unknown> {
    return (await this.rows(sql))[0]?.[0];
  }

  /** Names and types of a query's columns, without running it. */
  async describe(sql: string): Promise<{ name: string; type: string }[]> {
    const rows = await this.rows(`DESCRIBE ${sql}`);
    return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
  }

  /**
   * Streams a query into typed arrays, one per column, chunk by chunk. The query must yield no NULL and exactly as many
   * rows as the arrays hold.
   */
  async read(sql: string, targets: ColumnTarget[], progress?: (rows: number) => void): Promise<void> {
    const wanted = targets[0]?.length ?? 0;
    const rows = await this.#stream(sql, (chunk, row) => {
      for (let c = 0; c < targets.length; c++) targets[c]!.set(valuesOf(chunk.getColumnVector(c)), row);
      progress?.(row + chunk.rowCount);
    });
    if (rows !== wanted) throw new RangeError(`A query yielded ${rows} rows where ${wanted} were expected`);
  }

  /** The texts of a query's first column, in order. */
  async texts(sql: string): Promise<string[]> {
    const texts: string[] = [];
    await this.#stream(sql, (chunk) => {
      const vector = chunk.getColumnVector(0);
      for (let i = 0; i < chunk.rowCount; i++) texts.push(String(vector.getItem(i)));
    });
    return texts;
  }

  /** Visits a result chunk by chunk and returns its number of rows. */
  #stream(sql: string, visit: (chunk: DuckDBDataChunk, row: number) => void): Promise<number> {
    return this.#turn(async () => {
      const result = await this.#connection.stream(sql);
      let row = 0;
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        visit(chunk, row);
        row += chunk.rowCount;
      }
      return row;
    });
  }

  #turn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

/**
 * The numbers of a vector. Its typed array is not in the public types, so it is taken only where it is what it should be;
 * else value by value.
 */
function valuesOf(vector: DuckDBVector): ArrayLike<number> {
  const items: unknown = Reflect.get(vector, "items");
  if (items instanceof Int32Array || items instanceof Float64Array) return items;
  if (items instanceof Float32Array || items instanceof Uint8Array) return items;
  return vector.toArray().map(Number);
}

/** An SQL text literal. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** An SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
