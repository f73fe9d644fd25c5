import { type Database, identifier } from "./database.js";
import type { Source } from "./source.js";
import { distil, missingColumn } from "./source-errors.js";

/** An SQL expression of the configuration and where it stands there. */
export interface Expression {
  sql: string;
  at: string;
}

/** An expression that a source can be asked: `sql` can be put anywhere, `expression` is as it was written. */
export interface BoundExpression extends Expression {
  type: string;
  expression: Expression;
}

/**
 * Checks that an expression can be read from every one of the sources, and finds its type. The name of a column is that
 * column, spaces and all, and a single word is nothing else: `user` is no question for the database's user, `order` no
 * keyword.
 *
 * @throws MmdinError DATA where a column does not exist, naming those that do and the nearest one.
 */
export async function bindExpression(
  database: Database,
  sources: readonly Source[],
  expression: Expression,
): Promise<BoundExpression> {
  const { at } = expression;
  let sql = `(${expression.sql}\n)`;
  let type = "";
  for (const { view, label, columns } of sources) {
    const names = columns.map(({ name }) => name);
    const name = names.find((candidate) => candidate.toLowerCase() === expression.sql.toLowerCase());
    if (name !== undefined) sql = identifier(name);
    else if (isWord(expression.sql)) throw missingColumn(expression.sql, { at, label, columns: names });
    try {
      const [column] = await database.describe(`SELECT ${sql} AS v FROM ${view}`);
      type = column?.type ?? "";
    } catch (cause) {
      throw distil(cause, { at, label, columns: names });
    }
  }
  return { sql, at, type, expression };
}

function isWord(sql: string): boolean {
  return /^[A-Za-z_]\w*$/.test(sql) && !/^(true|false|null)$/i.test(sql);
}
