import { type Rule } from '../rule.js';

/**
 * While replicas are only asked to stop, a request that got a connection gets its answer. One that is turned away with
 * `shutting_down` has not failed if nothing of it was stored: its client asks elsewhere.
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
            return [{ about, what: `${outcome} by ${replica}` }];
          if (outcome !== 'answered' || (status < 500 && code !== 'run_lost')) return [];
          if (code !== 'shutting_down') return [{ about, what: `${replica} answered ${status} ${code}` }];
          return isLast && stored.has(send.content)
            ? [{ about, what: `${replica} turned it away, and it is stored` }]
            : [];
        }),
      );
  },
};
