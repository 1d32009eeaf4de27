import { EmbeddedPostgres } from '#embedded-postgres';
import { chmodSync, cpSync } from 'node:fs';

/** The environment variable with the data directory of the cluster that {@link copyCluster} copies. */
export const clusterVariable = 'PARLEY_TEST_CLUSTER';

/** Creates an empty cluster that can be copied. Runs initdb. @param dataDirectory does not exist; its parent does */
export async function createCluster(dataDirectory: string): Promise<void> {
  const server = await EmbeddedPostgres.start({ dataDirectory, durable: false });
  await server.stop();
}

/**
 * Copies the empty cluster that the global set-up of the tests created, and its password file, so that a server that starts on
 * the copy need not run initdb. Does nothing where there is no such cluster: outside of tests, and with TEST_DATABASE_URL.
 * @param dataDirectory does not exist
 */
export function copyCluster(dataDirectory: string): void {
  const source = process.env[clusterVariable];
  if (!source) return;
  // In one thread: the asynchronous copy of the 1,000 files takes three times as much CPU.
  cpSync(source, dataDirectory, { recursive: true });
  // PostgreSQL refuses a folder that others can read, and cpSync does not copy the mode.
  chmodSync(dataDirectory, 0o700);
  cpSync(`${source}.password`, `${dataDirectory}.password`);
}
