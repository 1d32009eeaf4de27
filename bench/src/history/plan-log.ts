import { open } from 'node:fs/promises';
import pg from 'pg';

/** One statement that the server ran, as PostgreSQL saw it. */
export interface LoggedPlan {
  /** Execution alone, in ms. */
  ms: number;
  /** EXPLAIN (ANALYZE, BUFFERS), with the statement. */
  text: string;
}

const settings = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  // Asking the clock for every row would be measured, too.
  'auto_explain.log_timing': 'off',
};

/** Every session that is opened from now on writes the plans of its statements into the server's log. */
export async function logPlans(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('SELECT quote_ident(current_database()) AS name');
    for (const [setting, value] of Object.entries(settings)) {
      await client.query(`ALTER DATABASE ${rows[0]!.name} SET ${setting} = '${value}'`);
    }
  } finally {
    await client.end();
  }
}

/** The plans in a PostgreSQL's log; each is told once. */
export class PlanLog {
  #position = 0;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** What was added since the last time. */
  async next(): Promise<LoggedPlan[]> {
    const log = await open(this.#file);
    try {
      const { size } = await log.stat();
      const { buffer } = await log.read(Buffer.alloc(size - this.#position), 0, null, this.#position);
      this.#position = size;
      return readPlans(buffer.toString());
    } finally {
      await log.close();
    }
  }
}

/** The lines of an entry after its first one begin with a tab. */
export function readPlans(log: string): LoggedPlan[] {
  return [...log.matchAll(/duration: ([\d.]+) ms {2}plan:\n((?:\t.*\n)*)/g)].map(([, ms, text]) => ({
    ms: Number(ms),
    text: text!.replaceAll(/^\t/gm, ''),
  }));
}
