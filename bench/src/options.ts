import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { type FramePlan } from './frames/measure-frames.js';
import { type StreamPlan } from './streams/measure-streams.js';
import { type TurnPlan } from './turns/compare-turns.js';

/** What is to be measured, and how it is told. */
export interface BenchOptions {
  /** undefined: not measured. */
  turns: TurnPlan | undefined;
  streams: StreamPlan | undefined;
  frames: FramePlan | undefined;
  json: boolean;
}

export const help = `npm run bench -- [--quick] [--only turns|streams|frames] [--json] [--profile FOLDER]

Compares Parley with a bare node:http + ws + pg program that does the same durable turn, and follows
500 event streams at once; then reads frames of every shipped LLM protocol. Starts a PostgreSQL (fsync on), a mock LLM and the programs by itself.

  --quick           about 20 seconds instead of 2 minutes; coarser figures
  --only PART       turns, streams or frames
  --json            the figures as JSON
  --profile FOLDER  also write CPU profiles (.cpuprofile) of the programs into the folder; takes longer
`;

/** @returns the options; undefined when help is wanted. @throws Error for a wrong command line */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { quick, only, json, profile } = values;
  if (values.help) return undefined;
  if (only !== undefined && !['turns', 'streams', 'frames'].includes(only)) {
    throw new Error(`--only: must be turns, streams or frames, not ${only}`);
  }
  const profileFolder = profile === undefined ? undefined : resolve(profile);
  const turns = quick
    ? { warmUpSeconds: 1.5, rounds: 2, roundSeconds: 0.4, profileFolder }
    : { warmUpSeconds: 5, rounds: 3, roundSeconds: 1.6, profileFolder };
  const streams = { streams: 500, tokensEach: quick ? 75 : 250, profileFolder };
  const frames = { rounds: quick ? 5 : 15, framesPerRound: 50_000 };
  return {
    turns: (only ?? 'turns') === 'turns' ? turns : undefined,
    streams: (only ?? 'streams') === 'streams' ? streams : undefined,
    frames: (only ?? 'frames') === 'frames' ? frames : undefined,
    json,
  };
}
