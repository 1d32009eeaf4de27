import { isConnectionBroken } from './database-errors.js';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { type RowScope } from './scoped-query.js';
import { runStatement } from './run-statement.js';

/** pg's client knows the id of its server process; the types do not tell. */
type CancellableClient = PoolClient & { processID: number | null };

/** Cancels the current statement of a server process, without waiting for a connection of the pool. */
export type CancelStatement = (processId: number) => Promise<unknown>;

/**
 * Runs one prepared statement that a signal may abandon at any time: while waiting for a connection or for the answer.
 * The caller is free at once; the connection goes back to the pool when the server has let go of the statement.
 */
export async function queryWithSignal<Row extends QueryResultRow>(
  pool: Pool,
  cancel: CancelStatement,
  statement: { name: string; text: string },
  values: readonly unknown[],
  signal: AbortSignal,
  scope?: RowScope,
): Promise<Row[]> {
  const connecting = pool.connect() as Promise<CancellableClient>;
  const client = await unlessAborted(connecting, signal, () => {
    connecting.then(
      (late) => late.release(),
      () => undefined,
    );
  });
  client.on('error', ignore);
  const running = runStatement<Row>(client, statement, values, scope);
  const giveBack = (broken: boolean) => {
    client.off('error', ignore);
    client.release(broken);
  };
  running.then(
    () => undefined,
    () => undefined,
  );
  let abandoned = false;
  try {
    const rows = await unlessAborted(running, signal, () => {
      abandoned = true;
      void abandon(cancel, client, running).then(giveBack);
    });
    giveBack(false);
    return rows;
  } catch (error) {
    if (!abandoned) giveBack(isConnectionBroken(error));
    throw error;
  }
}

/**
 * Cancels what the connection is doing and waits until it is done. The connection is ours meanwhile, so the cancellation
 * cannot hit somebody else's statement. Resolves with whether it must be thrown away; both waits end by pg's own timeouts.
 */
async function abandon(
  cancel: CancelStatement,
  client: CancellableClient,
  running: Promise<unknown>,
): Promise<boolean> {
  const canceling = client.processID === null ? undefined : cancel(client.processID);
  const [ran] = await Promise.allSettled([running, canceling]);
  return ran.status === 'rejected' && isConnectionBroken(ran.reason);
}

/** The promise's outcome, or the signal's reason if that comes first; `onAbort` then takes care of what goes on. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal, onAbort: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      onAbort();
      reject(signal.reason as Error);
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function ignore(): void {
  // The query under way rejects with the same error.
}
