import { type Behavior } from '#mock-llm';
import { type Death, type ProxyFault } from './proxy-fault.js';

/** How the one who has the fault is made to have it. */
export interface Arms {
  mock?: Partial<Behavior>;
  proxy?: ProxyFault;
  /** Of the connections that are open by then; new ones are well. */
  open?: Death;
}

/**
 * What a fault means for the request:
 * `harmless`: the answer comes whole all the same; `failed`: somebody else may be asked; `wrong_model`: only another
 * route may be asked; `refused`: nobody else is asked, and the caller gets the reason.
 */
export type Verdict = 'harmless' | 'failed' | 'wrong_model' | 'refused';

/** Before anything of the answer came, or after the first delta. */
export type Place = 'before' | 'after';

/** The faults of an LLM provider in the public FailoverBench catalogue, restated for WebSockets. */
export const catalogue = [
  'connection refused',
  'DNS / unknown host',
  'TLS failure',
  'timeout on connect',
  'reset',
  'auth failure',
  '429 with Retry-After',
  'overloaded',
  '5xx-like error',
  'slow first token',
  'stall mid-stream',
  'cut mid-stream',
  'truncated stream without its end',
  'malformed frame',
  'context too long',
  'content refused',
] as const;
export type CatalogueName = (typeof catalogue)[number];

/** One way in which an LLM server, or the way to it, goes wrong. */
export interface Fault {
  name: string;
  /** Which fault of the {@link catalogue} it is, if it is one of them. */
  catalogue?: CatalogueName;
  verdict: Verdict;
  /** What the attempt may be recorded with; none for a harmless one. */
  codes: readonly string[];
  /** Nothing of the answer has come. */
  before?: Arms;
  /** Some of the answer has come; for the plain caller: a part of its only frame, where bytes are counted. */
  after?: Arms;
  /** For the plain caller instead of `before`. */
  plain?: Arms;
  /** So many requests meet it; all of them if left out. */
  times?: number;
  /** How long the server asks to be left alone; where nobody else is alive, the answer is not there before. */
  waitsMs?: number;
  /** It is met on connections that have carried an answer before. */
  isLater?: boolean;
  /** So much work for the process that nothing else may be timed beside it. */
  isHeavy?: boolean;
  /** On a connection that requests share. */
  isMultiplexed?: boolean;
}

/** Who could answer instead. */
export const othersAlive = ['second endpoint', 'fallback route', 'nobody'] as const;
export type Others = (typeof othersAlive)[number];

/** A caller who follows the stream, or one who waits for JSON. */
export type Caller = 'streamed' | 'plain';

export interface Row {
  fault: Fault;
  place: Place;
  caller: Caller;
  others: Others;
  arms: Arms;
}

export const nameOf = ({ fault, place, caller, others }: Row): string =>
  `${fault.name} / ${place} / ${caller} / ${others}`;

/** Every row of a fault, one for each caller, place and company that it has. */
export function rowsOf(fault: Fault, others: Others): Row[] {
  const row = (caller: Caller, place: Place, arms: Arms | undefined): Row[] =>
    arms === undefined ? [] : [{ fault, place, caller, others, arms }];
  return [
    ...row('streamed', 'before', fault.before),
    ...row('streamed', 'after', fault.after && slowly(fault.after)),
    ...row('plain', 'before', fault.plain ?? fault.before),
    ...row('plain', 'after', fault.after?.proxy && fault.after),
  ];
}

/** At this pace the tokens before the fault have been seen when it comes. */
function slowly(arms: Arms): Arms {
  return { ...arms, mock: { tokensPerSecond: 50, ...arms.mock } };
}
