import pg from 'pg';

/** The rows that a statement sees: those of one owner (its name), of every owner (null), or none (''). */
export type RowScope = string | null;

/** Sets the scope for the rest of the transaction; `updateRowSecurityRoles` creates the function. */
const setScope = { name: 'row_scope', text: 'SELECT parley_scope($1)' };

/** The parts of pg's connection that are used here; its types omit them. */
interface Connection {
  parsedStatements: Record<string, string | undefined>;
  submittedNamedStatements: Record<string, string | undefined>;
  parse(statement: { name: string; text: string }): void;
  bind(portal: { statement: string; values: (string | null)[] }): void;
  execute(portal: { portal: string }): void;
}

/** The members of pg's query that pg itself uses; its types omit them. */
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
 * A statement that sees only the rows of one scope. The statement that sets the scope and the statement itself are sent in
 * one write before one Sync message: they form one transaction and cost one round trip. The scope ends with the
 * transaction, so this works behind a pooler that shares connections between transactions. If setting the scope fails,
 * PostgreSQL skips everything up to the Sync, so the statement does not run.
 */
export class ScopedQuery extends InnerQuery {
  readonly #scope: RowScope;
  readonly #own: { name: string | undefined; text: string };
  readonly #preparesStatements: boolean;
  #isScopeSet = false;

  /** @param done called once with the result of the statement, or the error of either statement */
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
    const name = this.#preparesStatements ? setScope.name : '';
    if (name === '' || connection.parsedStatements[name] === undefined) {
      connection.parse({ name, text: setScope.text });
    }
    connection.bind({ statement: name, values: [this.#scope] });
    // Without a Describe message, as the result is not read.
    connection.execute({ portal: '' });
    super.prepare(connection);
    // pg records parsed statements under the name of the query; ParseComplete for the scope arrives first.
    this.name = this.#preparesStatements ? setScope.name : undefined;
    this.text = setScope.text;
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
    // The server skipped the statement's Parse if the scope failed, so it must be parsed again next time.
    if (this.#own.name !== undefined) delete connection.submittedNamedStatements[this.#own.name];
    super.handleError(error, connection);
  }
}
