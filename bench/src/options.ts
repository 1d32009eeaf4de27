import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { type FramePlan } from './frames/measure-frames.js';
import { type HistoryPlan } from './history/measure-history.js';
import { type PagePlan, quickPage, wholePage } from './page/measure-page.js';
import { type ReusePlan } from './reuse/measure-reuse.js';
import { type StreamPlan } from './streams/measure-streams.js';
import { type TurnPlan } from './turns/compare-turns.js';

/** The options of `npm run bench`. */
export interface BenchOptions {
  /** Each plan: undefined if that part is not measured. */
  turns: TurnPlan | undefined;
  streams: StreamPlan | undefined;
  frames: FramePlan | undefined;
  /** Only with `--only history`: it takes minutes. */
  history: HistoryPlan | undefined;
  /** Only with `--only reuse`. */
  reuse: ReusePlan | undefined;
  /** Also print the query plans of the pages. */
  plans: boolean;
  /** Only with `--only page`: it needs Chromium and the built page. */
  page: PagePlan | undefined;
  json: boolean;
}

const parts = ['turns', 'streams', 'frames', 'history', 'page', 'reuse'];

export const help = `npm run bench -- [--quick] [--only ${parts.join('|')}] [--against FOLDER] [--plans] [--json] [--profile FOLDER]

Compares durable turns of Parley with those of a bare node:http + ws + pg server, measures 500 event
streams at once, and measures the decoding of frames of every shipped LLM protocol. Starts PostgreSQL (fsync
on), a mock LLM and the servers itself.

  --quick           takes about 20 seconds instead of 2 minutes; the figures are less precise
  --only PART       measures one part: turns, streams, frames, or one of those that are not measured by default:
                      history  database time of pages of a conversation with 100,000 messages and of 1,000,000
                               conversations of one owner; takes minutes and 3 GB of disk space
                      page     main-thread time of Chromium for long answers; needs npm run build:web
                      reuse    throughput of LLM servers without request ids, for each LLM_CONNECTION_REUSE
  --against FOLDER  also compares the turns with those of another built checkout of Parley, such as a release
  --plans           also prints the query plans of the pages of history
  --json            prints the figures as JSON
  --profile FOLDER  also writes CPU profiles (.cpuprofile) of the servers to the folder; takes longer
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
