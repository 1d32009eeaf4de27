import { type Evidence } from '../evidence.js';
import { type Finding, type Rule } from '../rule.js';

/** From the promotion of the standby until every replica must work again, in ms. */
const recoveryMs = 10_000;

/** After a failover, every replica acknowledges a message that is sent within 10 s, and fails none that is sent later. */
export const recovered: Rule = {
  name: 'replicas that do not work 10 s after a failover',
  find(evidence) {
    const { failover } = evidence;
    if (failover === undefined) return [];
    const tries = evidence.histories.flatMap(({ sends }) => sends).flatMap((send) => send.tries);
    const replicas = [...new Set(tries.map(({ replica }) => replica))].sort();
    return replicas.flatMap((replica): Finding[] => {
      const own = tries.filter((each) => each.replica === replica && each.at >= failover.promotedAt);
      const isInTime = ({ at }: { at: number }): boolean => at < failover.promotedAt + recoveryMs;
      const late = own.filter((each) => !isInTime(each) && isFailed(each));
      return [
        ...(own.some((each) => isInTime(each) && isAcknowledged(each))
          ? []
          : [{ about: replica, what: 'acknowledged nothing in time' }]),
        ...late.map(({ status, code, outcome, at }) => ({
          about: replica,
          what: `${at - failover.promotedAt} ms after the promotion: ${status ?? outcome} ${code ?? ''}`.trim(),
        })),
      ];
    });
  },
};

/** From the promotion to the last message that failed, in ms; 0 if none did, undefined without a failover. */
export function recoveryOf({ histories, failover }: Evidence): number | undefined {
  if (failover === undefined) return undefined;
  const failed = histories
    .flatMap(({ sends }) => sends)
    .flatMap(({ tries }) => tries)
    .filter((each) => each.at >= failover.promotedAt && isFailed(each));
  return Math.max(0, ...failed.map(({ at }) => at - failover.promotedAt));
}

interface Try {
  outcome: string;
  status?: number | undefined;
}

function isAcknowledged({ outcome, status = 0 }: Try): boolean {
  return outcome === 'answered' && status >= 200 && status < 300;
}

/** Not a message that its client dropped, nor one that was refused for its own sake. */
function isFailed({ outcome, status = 0 }: Try): boolean {
  return outcome === 'broken' || outcome === 'silent' || (outcome === 'answered' && status >= 500);
}
