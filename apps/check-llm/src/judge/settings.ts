import { type ConnectionsFacts, type SharedFacts } from '../probe/facts.js';
import { type LateFrame } from '../talk/late-frame.js';
import { type Claims } from './claims.js';
import { counted, shownMs } from './finding.js';
import { type Measured } from './measured.js';

/** A variable, and what it should be for this server. */
export interface Setting {
  name: string;
  value: string;
  /** What is configured now. */
  now: string;
  why: string;
}

/** A time limit should be this many times what was measured: other questions are harder, and servers get busier. */
const headroom = 5;

/** Which settings fit the server. Those that can stay as they are are named, too. */
export function settingsFor(
  claims: Claims,
  measured: Measured,
  connections: ConnectionsFacts | undefined,
  shared: SharedFacts | undefined,
  strays: readonly LateFrame[],
): Setting[] {
  return [
    multiplex(claims, shared),
    reuse(claims, strays),
    maxConnections(claims, connections),
    timeout('LLM_CONNECT_TIMEOUT', claims.connectTimeoutMs, measured.connectMs, 'to connect'),
    timeout(
      'LLM_FIRST_TOKEN_TIMEOUT',
      claims.firstTokenTimeoutMs,
      measured.firstTokenMs,
      'to the first token',
    ),
    timeout('LLM_IDLE_TIMEOUT', claims.idleTimeoutMs, measured.longestGapMs, 'between two pieces'),
    total(claims, measured),
  ].filter((setting) => setting !== undefined);
}

function multiplex({ multiplex: now, protocol }: Claims, shared: SharedFacts | undefined): Setting {
  const setting = (value: boolean, why: string): Setting => ({
    name: 'LLM_MULTIPLEX',
    value: String(value),
    now: String(now),
    why,
  });
  if (shared === undefined) return setting(false, `${protocol} carries one request at a time`);
  if (shared.errors.length > 0) return setting(false, 'requests on one connection cannot be told apart');
  return shared.isSideBySide === false
    ? setting(false, 'on one connection the server answers one after the other')
    : setting(true, 'requests on one connection are told apart');
}

function reuse({ reuse: now, rules }: Claims, strays: readonly LateFrame[]): Setting | undefined {
  if (rules.reuse !== 'pool' || strays.length === 0) return undefined;
  const why = `${counted(strays.length, 'frame')} without an id while no answer was expected`;
  return { name: 'LLM_REUSE', value: 'never', now, why };
}

function maxConnections(
  { maxConnections: now }: Claims,
  facts: ConnectionsFacts | undefined,
): Setting | undefined {
  if (facts === undefined) return undefined;
  const { opened, asked } = facts;
  const value = opened < asked ? Math.min(now, Math.max(opened, 1)) : now;
  const why =
    opened < asked
      ? `the server takes ${opened} at once`
      : `${opened} at once were taken; more was not tried`;
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

/** An answer may have as many tokens as are asked for. */
function total({ timeoutMs, maxTokens }: Claims, measured: Measured): Setting | undefined {
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
