import { LlmError } from '#llm';
import { type Claims } from './judge/claims.js';
import { judgeAfterError } from './judge/after-error.js';
import { judgeGone } from './judge/connecting.js';
import { type CheckName, type Finding } from './judge/finding.js';
import { judgeMemory } from './judge/memory.js';
import { judgeConnections, judgeShared, judgeTwo } from './judge/sharing.js';
import { judgeCancel, judgeIdle, judgeInvalid, judgePing } from './judge/trouble.js';
import { probeAfterError } from './probe/after-error.js';
import {
  type AfterErrorFacts,
  type CancelFacts,
  type ConnectionsFacts,
  type InvalidFacts,
  type SharedFacts,
  type TwoFacts,
} from './probe/facts.js';
import { probeMemory } from './probe/memory.js';
import { type Probes, type ProbeOptions } from './probe/probes.js';
import { probeShared } from './probe/shared-connection.js';
import { rulesOf, type Server } from './talk/server.js';

/** What was seen of a server that answers; what is undefined was not seen, or does not exist. */
export interface Further {
  two?: TwoFacts | undefined;
  connections?: ConnectionsFacts | undefined;
  shared?: SharedFacts | undefined;
  invalid?: InvalidFacts | undefined;
  afterError?: AfterErrorFacts | undefined;
  cancel?: CancelFacts | undefined;
  pingMs?: number | undefined;
}

/**
 * Looks at what goes beyond single answers: several at once, memory, invalid frames, errors, cancels, pings, and, if
 * `idleMs` is not 0, quiet. Ends early when the server cannot be reached any more.
 */
export async function lookFurther(
  server: Server,
  claims: Claims,
  probes: Probes,
  options: ProbeOptions,
  idleMs: number,
  find: (finding: Finding) => void,
): Promise<Further> {
  const seen: Further = {};
  const looks: [CheckName, () => Promise<Finding>][] = [
    ['two at once', async () => judgeTwo((seen.two = await probes.two()), claims)],
    ['connections', async () => judgeConnections((seen.connections = await probes.connections()), claims)],
    [
      'shared connection',
      async () => {
        seen.shared = isShareable(server) ? await probeShared(server, options) : undefined;
        return judgeShared(seen.shared, claims);
      },
    ],
    [
      'memory',
      async () => {
        const isPooled = rulesOf(server).reuse === 'pool';
        return judgeMemory(isPooled ? await probeMemory(server, options) : undefined, claims);
      },
    ],
    ['invalid frame', async () => judgeInvalid((seen.invalid = await probes.invalid()))],
    [
      'after an error',
      async () => {
        seen.afterError = await probeAfterError(server, options);
        return judgeAfterError(seen.invalid, seen.afterError, claims);
      },
    ],
    ['cancel', async () => judgeCancel((seen.cancel = await probes.cancel()), claims)],
    ['ping', async () => judgePing((seen.pingMs = await probes.ping()), claims)],
  ];
  if (idleMs > 0) {
    looks.push(['idle', async () => judgeIdle(await probes.idle(idleMs, claims.rules.answersPings), claims)]);
  }
  for (const [check, look] of looks) {
    try {
      find(await look());
    } catch (error) {
      if (!(error instanceof LlmError)) throw error;
      find(judgeGone(check, error));
      break;
    }
  }
  return seen;
}

/** Can the protocol name requests at all? */
function isShareable(server: Server): boolean {
  const { reuse, isForOneModel, maxInFlight } = rulesOf(server);
  return reuse === 'pool' && !isForOneModel && maxInFlight > 1;
}
