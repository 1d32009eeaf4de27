import { isConnectionBroken } from './error-classes.js';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { type RowScope } from './scoped-query.js';
import { runStatement } from './run-statement.js';

/** pg's client has the id of its server process; its types omit it. */
type CancellableClient = PoolClient & { processID: number | null };

/** Cancels the current statement of a server process without waiting for a connection of the pool. */
export type CancelStatement = (processId: number) => Promise<unknown>;

/**
 * Runs one prepared statement that can be aborted while it waits for a connection or for the response. Aborting rejects
 * at once; the connection returns to the pool when the server has ended the statement.
 * @throws the signal's reason, or the driver's error
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
  const release = (broken: boolean) => {
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
      void abandon(cancel, client, running).then(release);
    });
    release(false);
    return rows;
  } catch (error) {
    if (!abandoned) release(isConnectionBroken(error));
    throw error;
  }
}

/**
 * Cancels the statement of a connection and waits until it has ended. The connection stays reserved meanwhile, so the
 * cancellation cannot hit another caller's statement. Both waits are bounded by pg's timeouts.
 * @returns whether the connection is broken and must be closed
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

/** Settles like the promise, or rejects with the signal's reason if that comes first, after calling `onAbort`. */
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
  // The running query rejects with the same error.
}
