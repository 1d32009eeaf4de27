import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryOnce, withDatabase } from './admin-connection.js';

/** A database that belongs to one suite. */
export interface TestDatabase {
  /** Its address, with the rights of the database's owner. */
  url: string;
  /** Ends every connection to it and deletes it. */
  drop: () => Promise<void>;
}

/** Creates a database with the whole schema and no rows, as a copy of a migrated template. Takes about 65 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return createDatabase(`TEMPLATE ${run().prefix}_template`);
}

/** Creates a database without tables. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('');
}

async function createDatabase(clause: string): Promise<TestDatabase> {
  const { adminUrl, prefix } = run();
  const name = `${prefix}_${randomBytes(6).toString('hex')}`;
  await retryWhileInUse(() => queryOnce(adminUrl, `CREATE DATABASE ${name} ${clause}`));
  return {
    url: withDatabase(adminUrl, name),
    drop: async () => {
      await queryOnce(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** Retries while autovacuum is connected to the template: PostgreSQL copies only databases without connections. */
async function retryWhileInUse(create: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await create();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || attempt === 20) throw error;
      await sleep(100);
    }
  }
}

function run(): { adminUrl: string; prefix: string } {
  const { PARLEY_TEST_ADMIN_URL: adminUrl, PARLEY_TEST_PREFIX: prefix } = process.env;
  if (!adminUrl || !prefix) throw new Error('No database: run the tests with jest and its globalSetup.');
  return { adminUrl, prefix };
}
