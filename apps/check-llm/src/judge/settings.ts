import { type ConnectionsFacts, type SharedFacts } from '../probe/facts.js';
import { type LateFrame } from '../connection/late-frame.js';
import { type Expectations } from './expectations.js';
import { counted, shownMs } from './finding.js';
import { type Measurements } from './measurements.js';

/** The recommended value of a variable for this server. */
export interface Setting {
  name: string;
  value: string;
  /** The current value. */
  now: string;
  /** The reason for the value. */
  why: string;
}

/** A timeout should be this many times the measured maximum, for harder questions and busier servers. */
const headroom = 5;

/**
 * Recommended settings, including those whose current value fits.
 * @param ambiguous frames without an id that arrived while no answer was expected
 */
export function settingsFor(
  expected: Expectations,
  measured: Measurements,
  connections: ConnectionsFacts | undefined,
  shared: SharedFacts | undefined,
  ambiguous: readonly LateFrame[],
): Setting[] {
  return [
    multiplex(expected, shared),
    reuse(expected, ambiguous),
    maxConnections(expected, connections),
    timeout('LLM_CONNECT_TIMEOUT', expected.connectTimeoutMs, measured.connectMs, 'to connect'),
    timeout(
      'LLM_FIRST_TOKEN_TIMEOUT',
      expected.firstTokenTimeoutMs,
      measured.firstTokenMs,
      'to the first token',
    ),
    timeout('LLM_IDLE_TIMEOUT', expected.idleTimeoutMs, measured.longestGapMs, 'between two pieces'),
    total(expected, measured),
  ].filter((setting) => setting !== undefined);
}

function multiplex({ multiplex: now, protocol }: Expectations, shared: SharedFacts | undefined): Setting {
  const setting = (value: boolean, why: string): Setting => ({
    name: 'LLM_MULTIPLEX',
    value: String(value),
    now: String(now),
    why,
  });
  if (shared === undefined) return setting(false, `${protocol} carries one request at a time`);
  if (shared.errors.length > 0)
    return setting(false, 'answers on one connection cannot be matched to requests');
  return shared.isConcurrent === false
    ? setting(false, 'the server answers requests on one connection one after the other')
    : setting(true, 'answers on one connection are matched to their requests');
}

function reuse({ reuse: now, rules }: Expectations, ambiguous: readonly LateFrame[]): Setting | undefined {
  if (rules.reuse !== 'pool' || ambiguous.length === 0) return undefined;
  const why = `${counted(ambiguous.length, 'frame')} without an id while no answer was expected`;
  return { name: 'LLM_REUSE', value: 'never', now, why };
}

function maxConnections(
  { maxConnections: now }: Expectations,
  facts: ConnectionsFacts | undefined,
): Setting | undefined {
  if (facts === undefined) return undefined;
  const { opened, attempted } = facts;
  const value = opened < attempted ? Math.min(now, Math.max(opened, 1)) : now;
  const why =
    opened < attempted
      ? `the server accepts ${opened} at once`
      : `${opened} at once were accepted; more were not tried`;
  return { name: 'LLM_MAX_CONNECTIONS', value: String(value), now: String(now), why };
}

function timeout(
  name: string,
  nowMs: number,
  measuredMs: number | undefined,
  what: string,
): Setting | undefined {
  if (measuredMs === undefined) return undefined;
  const value = Math.max(nowMs / 1000, Math.ceil((measuredMs * headroom) / 1000));
  return {
    name,
    value: String(value),
    now: String(nowMs / 1000),
    why: `at most ${shownMs(measuredMs)} ${what}`,
  };
}

/** The timeout must allow for an answer of the maximum length. */
function total({ timeoutMs, maxTokens }: Expectations, measured: Measurements): Setting | undefined {
  const { answerMs, firstTokenMs, tokensPerSecond } = measured;
  if (answerMs === undefined) return undefined;
  const name = 'LLM_TIMEOUT';
  const now = String(timeoutMs / 1000);
  if (tokensPerSecond === undefined || firstTokenMs === undefined) {
    return timeout(name, timeoutMs, answerMs, 'for a short answer');
  }
  const seconds = Math.ceil(firstTokenMs / 1000 + maxTokens / tokensPerSecond);
  const value = Math.max(timeoutMs / 1000, Math.ceil(seconds * 1.5));
  const why = `${maxTokens} tokens (LLM_MAX_TOKENS) take about ${seconds} s`;
  return { name, value: String(value), now, why };
}
