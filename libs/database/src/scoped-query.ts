import pg from 'pg';

/** The rows that a statement sees: those of one owner; null: of every owner; '': of none. */
export type RowScope = string | null;

/** Names the scope for the rest of the transaction: {@link secureRows} makes the function. */
const enterScope = { name: 'row_scope', text: 'SELECT parley_scope($1)' };

/** The prepared statements that pg's connection knows, and its write buffer; pg's types omit the former. */
interface Connection {
  parsedStatements: Record<string, string | undefined>;
  submittedNamedStatements: Record<string, string | undefined>;
  parse(statement: { name: string; text: string }): void;
  bind(portal: { statement: string; values: (string | null)[] }): void;
  execute(portal: { portal: string }): void;
}

/** The methods of pg's query that pg calls itself; its types omit them. */
interface InnerQuery {
  name: string | undefined;
  text: string;
  callback: (error: Error | null, result: pg.QueryResult) => void;
  prepare(connection: Connection): void;
  handleDataRow(message: unknown): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleError(error: Error, connection: Connection): void;
}
const InnerQuery = pg.Query as unknown as new (config: pg.QueryConfig) => InnerQuery;

/**
 * A statement that sees the rows of one scope alone. Both statements, the one that sets the scope and this one, go to the
 * server in one write and before one Sync: they are one transaction and cost one round trip. The scope ends with the
 * transaction, so it holds behind a pooler that shares connections between transactions, and never outlives its statement.
 * If the scope cannot be set, PostgreSQL skips everything up to the Sync: the statement does not run.
 */
export class ScopedQuery extends InnerQuery {
  readonly #scope: RowScope;
  readonly #own: { name: string | undefined; text: string };
  readonly #preparesStatements: boolean;
  #isScopeSet = false;

  /** @param done called once, with the outcome of the statement or the error of either of the two */
  constructor(
    config: pg.QueryConfig,
    scope: RowScope,
    preparesStatements: boolean,
    done: (error: Error | null, result: pg.QueryResult) => void,
  ) {
    super({ ...config, queryMode: 'extended' } as pg.QueryConfig);
    this.#scope = scope;
    this.#preparesStatements = preparesStatements;
    if (!preparesStatements) this.name = undefined;
    this.#own = { name: this.name, text: this.text };
    this.callback = done;
  }

  override prepare(connection: Connection): void {
    const name = this.#preparesStatements ? enterScope.name : '';
    if (name === '' || connection.parsedStatements[name] === undefined) {
      connection.parse({ name, text: enterScope.text });
    }
    connection.bind({ statement: name, values: [this.#scope] });
    // Without a Describe, as nothing of the result is read.
    connection.execute({ portal: '' });
    super.prepare(connection);
    // pg's client notes under the name of its query what the server has parsed: that of the scope comes back first.
    this.name = this.#preparesStatements ? enterScope.name : undefined;
    this.text = enterScope.text;
  }

  override handleDataRow(message: unknown): void {
    if (this.#isScopeSet) super.handleDataRow(message);
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.#isScopeSet) return super.handleCommandComplete(message, connection);
    this.#isScopeSet = true;
    Object.assign(this, this.#own);
  }

  override handleError(error: Error, connection: Connection): void {
    // Skipped by the server if the scope failed: it must be parsed anew the next time.
    if (this.#own.name !== undefined) delete connection.submittedNamedStatements[this.#own.name];
    super.handleError(error, connection);
  }
}
