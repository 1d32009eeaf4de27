import { type Behavior } from '#mock-llm';
import { type ConnectionLoss, type ProxyFault } from './proxy-fault.js';

/** How a fault is injected. */
export interface Injection {
  /** The behavior of the mock LLM server. */
  mock?: Partial<Behavior>;
  /** The fault of new connections through the proxy. */
  proxy?: ProxyFault;
  /** The loss of connections that are open at that time; new ones are healthy. */
  open?: ConnectionLoss;
}

/**
 * The effect of a fault on the request. `harmless`: the answer is complete; `failed`: another endpoint may be asked;
 * `wrong_model`: only another route may be asked; `refused`: no other endpoint is asked, and the caller receives the error.
 */
export type Effect = 'harmless' | 'failed' | 'wrong_model' | 'refused';

/** When the fault occurs: before the first delta or after it. */
export type Timing = 'before' | 'after';

/** The faults of an LLM provider in the public FailoverBench catalog, restated for WebSockets. */
export const catalog = [
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
/** The name of a fault in the {@link catalog}. */
export type CatalogName = (typeof catalog)[number];

/** A fault of an LLM server or of the network to it. */
export interface Fault {
  name: string;
  /** Its name in the {@link catalog}, if it has one. */
  catalog?: CatalogName;
  effect: Effect;
  /** The permitted error codes of the failed attempt; empty for a harmless fault. */
  codes: readonly string[];
  /** Occurs before the first delta. */
  before?: Injection;
  /** Occurs after the first delta; for the plain caller within its only frame, if the proxy counts bytes. */
  after?: Injection;
  /** Replaces `before` for the plain caller. */
  plain?: Injection;
  /** The number of affected requests; default: all. */
  times?: number;
  /** The wait that the server asks for, in ms. Without an alternative, the answer must not arrive earlier. */
  waitsMs?: number;
  /** Whether it occurs on connections that have already carried an answer. */
  isLater?: boolean;
  /** Whether it needs so much CPU that no other row may run at the same time. */
  isHeavy?: boolean;
  /** Whether requests share connections. */
  isMultiplexed?: boolean;
}

/** The healthy alternatives to the faulty endpoint. */
export const alternatives = ['second endpoint', 'fallback route', 'none'] as const;
/** A healthy alternative. */
export type Alternative = (typeof alternatives)[number];

/** A caller that reads an event stream, or one that waits for JSON. */
export type Caller = 'streamed' | 'plain';

/** One test of the matrix. */
export interface MatrixRow {
  fault: Fault;
  timing: Timing;
  caller: Caller;
  alternative: Alternative;
  injection: Injection;
}

/** The name of a row, for messages. */
export const nameOf = ({ fault, timing, caller, alternative }: MatrixRow): string =>
  `${fault.name} / ${timing} / ${caller} / ${alternative}`;

/** The rows of a fault with one alternative: one for each caller and timing. */
export function rowsOf(fault: Fault, alternative: Alternative): MatrixRow[] {
  const row = (caller: Caller, timing: Timing, injection: Injection | undefined): MatrixRow[] =>
    injection === undefined ? [] : [{ fault, timing, caller, alternative, injection }];
  return [
    ...row('streamed', 'before', fault.before),
    ...row('streamed', 'after', fault.after && slowly(fault.after)),
    ...row('plain', 'before', fault.plain ?? fault.before),
    ...row('plain', 'after', fault.after?.proxy && fault.after),
  ];
}

/** Slows the answer down, so that the tokens before the fault are delivered before it occurs. */
function slowly(injection: Injection): Injection {
  return { ...injection, mock: { tokensPerSecond: 50, ...injection.mock } };
}
