import { open } from 'node:fs/promises';
import pg from 'pg';

/** One statement in the log of PostgreSQL. */
export interface LoggedPlan {
  /** Execution time without planning, in ms. */
  ms: number;
  /** The statement and its plan, as EXPLAIN (ANALYZE, BUFFERS) prints it. */
  text: string;
}

const settings = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  // Reading the clock for every row would increase the execution time.
  'auto_explain.log_timing': 'off',
};

/** Makes sessions that start from now on write the plans of their statements to the server's log. */
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

/** Reads the plans in a log file of PostgreSQL. */
export class PlanLog {
  #position = 0;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** The plans that were added since the last call. */
  async read(): Promise<LoggedPlan[]> {
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

/** Parses the plans in a log, in which the further lines of an entry start with a tab. */
export function readPlans(log: string): LoggedPlan[] {
  return [...log.matchAll(/duration: ([\d.]+) ms {2}plan:\n((?:\t.*\n)*)/g)].map(([, ms, text]) => ({
    ms: Number(ms),
    text: text!.replaceAll(/^\t/gm, ''),
  }));
}
