import { type ConnectionsFacts, type SharedFacts } from '../probe/facts.js';
import { type LateFrame } from '../connection/late-frame.js';
import { type TwoOutcome } from './concurrency.js';
import { type Expectations, type LimitName } from './expectations.js';
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
  two?: TwoOutcome,
): Setting[] {
  const named = (key: LimitName): string =>
    expected.ownLimits.includes(key) ? `limits.${key}` : variables[key];
  const timeouts = [
    timeout(named('connect'), expected.connectTimeoutMs, measured.connectMs, 'to connect'),
    timeout(named('first_token'), expected.firstTokenTimeoutMs, measured.firstTokenMs, 'to the first token'),
    timeout(named('idle'), expected.idleTimeoutMs, measured.longestGapMs, 'between two pieces'),
  ].filter((setting) => setting !== undefined);
  return [
    multiplex(expected, shared),
    reuse(expected, ambiguous),
    maxConnections(expected, connections, two),
    ...timeouts,
    total(named('total'), expected, measured, timeouts),
  ].filter((setting) => setting !== undefined);
}

/** The variable for each limit that a description can set instead. */
const variables: Readonly<Record<LimitName, string>> = {
  connect: 'LLM_CONNECT_TIMEOUT',
  first_token: 'LLM_FIRST_TOKEN_TIMEOUT',
  idle: 'LLM_IDLE_TIMEOUT',
  total: 'LLM_TIMEOUT',
};

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
  two: TwoOutcome | undefined,
): Setting | undefined {
  const few = (value: number, why: string): Setting => ({
    name: 'LLM_MAX_CONNECTIONS',
    value: String(Math.min(now, value)),
    now: String(now),
    why,
  });
  if (two === 'fails') return few(1, 'two requests at once fail');
  if (two === 'sequential') return few(2, 'the server answers one request after the other');
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

/** The timeout must allow for an answer of the maximum length, and must not be below the others. */
function total(
  name: string,
  { timeoutMs, maxTokens }: Expectations,
  measured: Measurements,
  others: readonly Setting[],
): Setting | undefined {
  const own = totalOf(name, timeoutMs, maxTokens, measured);
  const highest = others.toSorted((a, b) => Number(b.value) - Number(a.value))[0];
  if (highest === undefined || Number(highest.value) <= Number(own?.value ?? timeoutMs / 1000)) return own;
  return { name, value: highest.value, now: String(timeoutMs / 1000), why: `at least ${highest.name}` };
}

function totalOf(
  name: string,
  timeoutMs: number,
  maxTokens: number,
  measured: Measurements,
): Setting | undefined {
  const { answerMs, firstTokenMs, tokensPerSecond } = measured;
  if (answerMs === undefined) return undefined;
  const now = String(timeoutMs / 1000);
  if (tokensPerSecond === undefined || firstTokenMs === undefined) {
    return timeout(name, timeoutMs, answerMs, 'for a short answer');
  }
  const seconds = Math.ceil(firstTokenMs / 1000 + maxTokens / tokensPerSecond);
  const value = Math.max(timeoutMs / 1000, Math.ceil(seconds * 1.5));
  const why = `${maxTokens} tokens (LLM_MAX_TOKENS) take about ${seconds} s`;
  return { name, value: String(value), now, why };
}
