import pg from 'pg';
import { watchProtocol } from './foreign-protocol.js';

/** A server that a probe reached. */
export interface ProbedServer {
  host: string;
  port: number;
  hasTls: boolean;
  isReadOnly: boolean;
}

/** True on a standby during recovery and on a server with `default_transaction_read_only`. */
export const isReadOnlyQuery = `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS is_read_only`;

/**
 * Logs in to a server, asks whether it accepts writes, and logs out.
 * @param url of one server
 * @param isTlsOptional whether to try again without TLS if the login with TLS fails
 * @param timeoutMs for each login together with the response
 * @throws the driver's error
 */
export async function probeServer(
  url: string,
  isTlsOptional: boolean,
  timeoutMs: number,
): Promise<ProbedServer> {
  try {
    return await probe({ connectionString: url }, timeoutMs);
  } catch (error) {
    if (!isTlsOptional) throw error;
    const withoutTls = new URL(url);
    withoutTls.searchParams.set('sslmode', 'disable');
    withoutTls.searchParams.delete('uselibpqcompat');
    return probe({ connectionString: withoutTls.href }, timeoutMs);
  }
}

async function probe(config: pg.ClientConfig, timeoutMs: number): Promise<ProbedServer> {
  const deadline = performance.now() + timeoutMs;
  const client = new pg.Client({
    ...config,
    connectionTimeoutMillis: timeoutMs,
    application_name: 'parley server search',
  });
  // The login or the statement rejects with the same error.
  client.on('error', () => undefined);
  try {
    await watchProtocol(client, () => client.connect());
    const leftMs = Math.max(1, Math.ceil(deadline - performance.now()));
    const query = { text: isReadOnlyQuery, query_timeout: leftMs };
    const { rows } = await client.query<{ is_read_only: boolean }>(query);
    const { host, port, ssl } = client;
    return { host, port, hasTls: Boolean(ssl), isReadOnly: rows[0]?.is_read_only !== false };
  } finally {
    client.end().catch(() => undefined);
  }
}
