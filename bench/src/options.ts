import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { type FramePlan } from './frames/measure-frames.js';
import { type HistoryPlan } from './history/measure-history.js';
import { type PagePlan, quickPage, wholePage } from './page/measure-page.js';
import { type ReusePlan } from './reuse/measure-reuse.js';
import { type StreamPlan } from './streams/measure-streams.js';
import { type TurnPlan } from './turns/compare-turns.js';

/** What is to be measured, and how it is told. */
export interface BenchOptions {
  /** undefined: not measured. */
  turns: TurnPlan | undefined;
  streams: StreamPlan | undefined;
  frames: FramePlan | undefined;
  /** Only when asked for: it takes minutes. */
  history: HistoryPlan | undefined;
  /** Only when asked for. */
  reuse: ReusePlan | undefined;
  /** Also tell PostgreSQL's plans of the history's pages. */
  plans: boolean;
  /** Only when asked for: it needs a browser and the built page. */
  page: PagePlan | undefined;
  json: boolean;
}

const parts = ['turns', 'streams', 'frames', 'history', 'page', 'reuse'];

export const help = `npm run bench -- [--quick] [--only ${parts.join('|')}] [--against FOLDER] [--plans] [--json] [--profile FOLDER]

Compares Parley with a bare node:http + ws + pg program that does the same durable turn, and follows
500 event streams at once; then reads frames of every shipped LLM protocol. With --only history: what pages
out of a conversation of 100,000 messages and of 1,000,000 conversations of one owner cost the database.
Starts a PostgreSQL (fsync on), a mock LLM and the programs by itself.

  --quick           about 20 seconds instead of 2 minutes; coarser figures
  --only PART       turns, streams, frames; history, which needs minutes and 3 GB of disk;
                    reuse: what it costs to keep connections of servers without request ids apart;
                    or page: how smoothly Chromium shows long answers (after npm run build:web)
  --against FOLDER  also compare the turns with another checkout of Parley that is built, such as the last release's
  --plans           also PostgreSQL's plans of the history's pages
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
      against: { type: 'string' },
      plans: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { quick, only, plans, json, profile } = values;
  if (values.help) return undefined;
  if (only !== undefined && !parts.includes(only)) {
    throw new Error(`--only: must be one of ${parts.join(', ')}, not ${only}`);
  }
  const against = values.against === undefined ? undefined : resolve(values.against);
  const profileFolder = profile === undefined ? undefined : resolve(profile);
  const turns = quick
    ? { against, warmUpSeconds: 1.5, rounds: 2, roundSeconds: 0.4, profileFolder }
    : { against, warmUpSeconds: 5, rounds: 6, roundSeconds: 0.8, profileFolder };
  const streams = { streams: 500, tokensEach: quick ? 75 : 250, profileFolder };
  const frames = { rounds: quick ? 5 : 15, framesPerRound: 50_000 };
  const history = quick
    ? { conversations: 50_000, messages: 10_000, rounds: 11 }
    : { conversations: 1_000_000, messages: 100_000, rounds: 11 };
  return {
    turns: (only ?? 'turns') === 'turns' ? turns : undefined,
    streams: (only ?? 'streams') === 'streams' ? streams : undefined,
    frames: (only ?? 'frames') === 'frames' ? frames : undefined,
    history: only === 'history' ? history : undefined,
    reuse:
      only === 'reuse' ? (quick ? { alone: 40, together: 320 } : { alone: 200, together: 3200 }) : undefined,
    plans,
    page: only === 'page' ? (quick ? quickPage : wholePage) : undefined,
    json,
  };
}
