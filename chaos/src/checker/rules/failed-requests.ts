import { type Rule } from '../rule.js';

/**
 * During a rolling restart, every request that got a connection is answered. An answer of `shutting_down` is no failure if
 * the message was not stored: the client asks another replica.
 */
export const failedRequests: Rule = {
  name: 'requests failed by a rolling restart',
  find({ histories, isRolling, database }) {
    if (!isRolling) return [];
    const stored = new Set(database.messages.map(({ content }) => content));
    return histories
      .flatMap(({ sends }) => sends)
      .flatMap((send) =>
        send.tries.flatMap(({ outcome, status = 0, code = '', replica }, index) => {
          const isLast = index === send.tries.length - 1;
          const about = `send ${send.name}`;
          if (outcome === 'broken' || outcome === 'silent')
            return [{ about, what: `${replica}: ${outcome}` }];
          if (outcome !== 'answered' || (status < 500 && code !== 'run_lost')) return [];
          if (code !== 'shutting_down') return [{ about, what: `${replica} answered ${status} ${code}` }];
          return isLast && stored.has(send.content)
            ? [{ about, what: `${replica} answered shutting_down, and the message is stored` }]
            : [];
        }),
      );
  },
};
