import { LlmError } from '#llm';
import { type Expectations } from './judge/expectations.js';
import { judgeAfterError } from './judge/after-error.js';
import { judgeUnreachable } from './judge/connecting.js';
import { followsInstructions } from './judge/content.js';
import { type CheckName, type Finding } from './judge/finding.js';
import { judgeHistory } from './judge/history.js';
import { judgeMemory } from './judge/memory.js';
import {
  judgeConnections,
  judgeShared,
  judgeTwoConnections,
  outcomeOfTwo,
  type TwoOutcome,
} from './judge/concurrency.js';
import { judgeCancel, judgeIdle, judgeInvalid, judgePing } from './judge/robustness.js';
import { probeAfterError } from './probe/after-error.js';
import {
  type AfterErrorFacts,
  type CancelFacts,
  type ConnectionsFacts,
  type ContentFacts,
  type InvalidFacts,
  type MemoryFacts,
  type SharedFacts,
  type TwoConnectionsFacts,
} from './probe/facts.js';
import { probeMemory } from './probe/memory.js';
import { type Probes, type ProbeOptions } from './probe/probes.js';
import { probeShared } from './probe/shared-connection.js';
import { rulesOf, type CheckedServer } from './connection/checked-server.js';

/** Observations of a server that answers; undefined where a probe did not run, does not apply or saw nothing. */
export interface FurtherFacts {
  two?: TwoConnectionsFacts | undefined;
  twoOutcome?: TwoOutcome | undefined;
  connections?: ConnectionsFacts | undefined;
  shared?: SharedFacts | undefined;
  memory?: MemoryFacts | undefined;
  invalid?: InvalidFacts | undefined;
  afterError?: AfterErrorFacts | undefined;
  cancel?: CancelFacts | undefined;
  pingMs?: number | undefined;
}

/**
 * Runs the probes beyond single answers: concurrency, memory, invalid frames, errors, cancellation, pings and, unless
 * `idleMs` is 0, idle time. Stops early if the server is no longer reachable.
 * @param idleMs how long to leave a connection idle
 * @param content the answers to two questions, to judge what others show
 * @param report receives each finding
 */
export async function runFurtherChecks(
  server: CheckedServer,
  expected: Expectations,
  probes: Probes,
  options: ProbeOptions,
  idleMs: number,
  content: ContentFacts | undefined,
  report: (finding: Finding) => void,
): Promise<FurtherFacts> {
  const facts: FurtherFacts = {};
  const checks: [CheckName, () => Promise<Finding>][] = [
    [
      'two at once',
      async () => {
        facts.two = await probes.two();
        facts.twoOutcome = outcomeOfTwo(facts.two, expected);
        return judgeTwoConnections(facts.two, expected);
      },
    ],
    ['connections', async () => judgeConnections((facts.connections = await probes.connections()), expected)],
    [
      'shared connection',
      async () => {
        facts.shared = isShareable(server) ? await probeShared(server, options) : undefined;
        return judgeShared(facts.shared, expected);
      },
    ],
    [
      'history',
      async () => {
        facts.memory = await probeMemory(server, options);
        return judgeHistory(facts.memory, content !== undefined && followsInstructions(content), expected);
      },
    ],
    ['memory', () => Promise.resolve(judgeMemory(facts.memory, expected))],
    ['invalid frame', async () => judgeInvalid((facts.invalid = await probes.invalid()))],
    [
      'after an error',
      async () => {
        facts.afterError = await probeAfterError(server, options);
        return judgeAfterError(facts.invalid, facts.afterError, expected);
      },
    ],
    ['cancel', async () => judgeCancel((facts.cancel = await probes.cancel()), expected)],
    ['ping', async () => judgePing((facts.pingMs = await probes.ping()), expected)],
  ];
  if (idleMs > 0) {
    checks.push([
      'idle',
      async () => judgeIdle(await probes.idle(idleMs, expected.rules.answersPings), expected),
    ]);
  }
  for (const [check, run] of checks) {
    try {
      report(await run());
    } catch (error) {
      if (!(error instanceof LlmError)) throw error;
      report(judgeUnreachable(check, error));
      break;
    }
  }
  return facts;
}

/** Whether the protocol allows several requests on one connection. */
function isShareable(server: CheckedServer): boolean {
  const { reuse, isForOneModel, maxInFlight } = rulesOf(server);
  return reuse === 'pool' && !isForOneModel && maxInFlight > 1;
}
