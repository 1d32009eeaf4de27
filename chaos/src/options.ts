import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/** What is to be run, and how it is told. */
export interface ChaosOptions {
  mode: 'storm' | 'rolling';
  /** 0 to 2^32 - 1. */
  seed: number;
  faults: number;
  /** From one fault to the next, on average. */
  intervalMs: number;
  longestFreezeMs: number;
  clients: number;
  /** Of a rolling restart: how often each replica is restarted. */
  rounds: number;
  /** Faults come faster and none outlasts a lease. */
  isShort: boolean;
  json: boolean;
}

export const help = `npm run chaos -- [--faults N] [--seed S] [--short] [--rolling] [--clients N] [--json]

Three replicas, one PostgreSQL, two LLM servers and clients that drop, resume, repeat and cancel. Faults
drawn from the seed hit all of them; then everything is healed, and what every client saw is compared
with the database. Starts everything by itself. Exit code 1 if anything is wrong.

  --faults N    how many, 500 unless told: about one a second
  --seed S      replays the faults and the clients' intentions of an earlier run
  --short       25 faults and fewer clients, well under 90 seconds
  --rolling     no faults: each replica is asked to stop and started again, under load
  --clients N   how many clients, 24 unless told
  --json        the result as JSON
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
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { short, rolling, json } = values;
  if (values.help) return undefined;
  return {
    mode: rolling ? 'rolling' : 'storm',
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
