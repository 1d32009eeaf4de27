import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/** The options of `npm run chaos`. */
export interface ChaosOptions {
  mode: 'storm' | 'rolling' | 'failover';
  /** 0 to 2^32 - 1. */
  seed: number;
  faults: number;
  /** Between the starts of two faults, on average. */
  intervalMs: number;
  longestFreezeMs: number;
  clients: number;
  /** How often a rolling restart restarts each replica. */
  rounds: number;
  /** Shorter intervals, and no freeze longer than a lease. */
  isShort: boolean;
  json: boolean;
}

export const help = `npm run chaos -- [--faults N] [--seed S] [--short] [--rolling | --failover] [--clients N] [--json]

Runs three replicas, PostgreSQL and two LLM servers under clients that disconnect, resume, repeat
requests and cancel. Injects faults that follow from the seed. Then waits until every run has ended, and
compares what each client received with the database. The exit code is 1 if a rule is violated.

  --faults N    how many faults, about one per second; default 500
  --seed S      repeats the faults and the clients' plans of an earlier run
  --short       25 faults and fewer clients, in less than 90 seconds
  --rolling     a rolling restart under load in place of faults
  --failover    kills or freezes the primary of a PostgreSQL with a synchronous standby, and promotes
                the standby
  --clients N   how many clients; default 24
  --json        prints the result as JSON
`;

const seeds = 2 ** 32;

/** @returns the options; undefined when help is wanted. @throws Error for a wrong command line */
export function readOptions(args: readonly string[]): ChaosOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      faults: { type: 'string' },
      seed: { type: 'string' },
      clients: { type: 'string' },
      short: { type: 'boolean', default: false },
      rolling: { type: 'boolean', default: false },
      failover: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { short, rolling, failover, json } = values;
  if (values.help) return undefined;
  if (rolling && failover) throw new Error('--rolling and --failover: choose one of them');
  return {
    mode: failover ? 'failover' : rolling ? 'rolling' : 'storm',
    seed: wholeNumber('seed', values.seed, 0, seeds - 1) ?? randomInt(seeds),
    faults: wholeNumber('faults', values.faults, 1, 10_000) ?? (short ? 25 : 500),
    intervalMs: short ? 800 : 1_100,
    longestFreezeMs: short ? 6_000 : 20_000,
    clients: wholeNumber('clients', values.clients, 1, 500) ?? (short ? 12 : 24),
    rounds: short ? 1 : 3,
    isShort: short,
    json,
  };
}

function wholeNumber(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < min || number > max) {
    throw new Error(`--${name}: must be a whole number, ${min} to ${max}, not ${text}`);
  }
  return number;
}
