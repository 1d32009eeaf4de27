import { chatMigrations } from '#chat';
import { migrate } from '#database';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RestartablePostgres } from '#testing';
import { Stack, type StackOptions } from '../harness/stack.js';

/** What DATABASE_TIMEOUT is here, in s: short, so that a test need not wait for the default of 15. */
export const databaseTimeout = 3;

/** How soon readiness follows the database, both ways. */
const readinessMs = 5_000;

/** A whole Parley on a PostgreSQL of its own, which a test may kill, freeze and start again. */
export class Arena {
  readonly #folder: string;

  private constructor(
    readonly postgres: RestartablePostgres,
    readonly stack: Stack,
    folder: string,
  ) {
    this.#folder = folder;
  }

  static async start(options: StackOptions = {}): Promise<Arena> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-trouble-'));
    const postgres = await RestartablePostgres.start(join(folder, 'postgres'));
    const url = withoutName(postgres.urlFor(''));
    await migrate({ url, migrations: chatMigrations });
    const stack = await Stack.start({
      database: { url, drop: () => postgres.stop() },
      ...options,
      environment: { DATABASE_TIMEOUT: String(databaseTimeout), ...options.environment },
    });
    return new Arena(postgres, stack, folder);
  }

  async stop(): Promise<void> {
    this.postgres.thaw();
    await this.stack.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Resolves when readiness answers so. @throws Error if it does not within 5 s */
  async expectReadiness(status: 200 | 503): Promise<void> {
    const deadline = performance.now() + readinessMs;
    for (;;) {
      const { status: now } = await this.stack.fetch('/health/ready');
      if (now === status) return;
      if (performance.now() > deadline) throw new Error(`readiness says ${now} for longer than 5 s`);
      await sleep(100);
    }
  }

  /** Resolves when no run is under way. @throws Error with those that are, if it takes longer than that */
  async settled(withinMs = 30_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const open = await this.postgres.query(
        "SELECT id, status, fence, lease_until FROM runs WHERE status IN ('queued', 'in_progress')",
      );
      if (open.length === 0) return;
      if (performance.now() > deadline) throw new Error(`still under way: ${JSON.stringify(open)}`);
      await sleep(100);
    }
  }

  /** What the server's connections are doing that should do nothing. */
  async busyConnections(): Promise<unknown[]> {
    return this.postgres.query(`
      SELECT pid, state, query FROM pg_stat_activity
      WHERE application_name IN ('parley', 'parley notifications') AND state <> 'idle'`);
  }

  /** The server's connections, those that listen for notifications left out. */
  async connections(): Promise<number> {
    const [row] = await this.postgres.query<{ count: number }>(
      "SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'parley'",
    );
    return row?.count ?? 0;
  }
}

/** The server gives its connections names of its own. */
function withoutName(address: string): string {
  const url = new URL(address);
  url.searchParams.delete('application_name');
  return url.href;
}
