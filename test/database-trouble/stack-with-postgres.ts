import { chatMigrations } from '#chat';
import { migrate } from '#database';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RestartablePostgres } from '#testing';
import { Stack, type StackOptions } from '../harness/stack.js';

/** DATABASE_TIMEOUT in these specs, in s: shorter than the default of 15, so that they run faster. */
export const databaseTimeout = 3;

/** Upper bound of the time until readiness reflects a change of the database. */
const readinessMs = 5_000;

/** A complete Parley on a dedicated PostgreSQL, which a test can kill, freeze and restart. */
export class StackWithPostgres {
  readonly #folder: string;

  private constructor(
    readonly postgres: RestartablePostgres,
    readonly stack: Stack,
    folder: string,
  ) {
    this.#folder = folder;
  }

  /** Starts PostgreSQL, migrates, and starts the server. */
  static async start(options: StackOptions = {}): Promise<StackWithPostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-trouble-'));
    const postgres = await RestartablePostgres.start(join(folder, 'postgres'));
    const url = withoutName(postgres.urlFor(''));
    await migrate({ url, migrations: chatMigrations });
    const stack = await Stack.start({
      database: { url, drop: () => postgres.stop() },
      ...options,
      environment: { DATABASE_TIMEOUT: String(databaseTimeout), ...options.environment },
    });
    return new StackWithPostgres(postgres, stack, folder);
  }

  /** Stops the server and PostgreSQL, also a frozen one. */
  async stop(): Promise<void> {
    this.postgres.thaw();
    await this.stack.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Resolves when readiness responds with `status`. @throws Error after 5 s */
  async expectReadiness(status: 200 | 503): Promise<void> {
    const deadline = performance.now() + readinessMs;
    for (;;) {
      const { status: now } = await this.stack.fetch('/health/ready');
      if (now === status) return;
      if (performance.now() > deadline) throw new Error(`readiness has been ${now} for more than 5 s`);
      await sleep(100);
    }
  }

  /** Resolves when no run is queued or in progress. @throws Error with these runs after `withinMs` */
  async untilIdle(withinMs = 30_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const open = await this.postgres.query(
        "SELECT id, status, fence, lease_until FROM runs WHERE status IN ('queued', 'in_progress')",
      );
      if (open.length === 0) return;
      if (performance.now() > deadline) throw new Error(`still in progress: ${JSON.stringify(open)}`);
      await sleep(100);
    }
  }

  /** The server's connections that are not idle. */
  async busyConnections(): Promise<unknown[]> {
    return this.postgres.query(`
      SELECT pid, state, query FROM pg_stat_activity
      WHERE application_name IN ('parley', 'parley notifications') AND state <> 'idle'`);
  }

  /** Number of the server's connections, except the one for notifications. */
  async connections(): Promise<number> {
    const [row] = await this.postgres.query<{ count: number }>(
      "SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'parley'",
    );
    return row?.count ?? 0;
  }
}

/** Removes the application name, which the server sets itself. */
function withoutName(address: string): string {
  const url = new URL(address);
  url.searchParams.delete('application_name');
  return url.href;
}
