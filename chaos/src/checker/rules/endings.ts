import { type Rule } from '../rule.js';

/** A replica ends only when it is killed or terminated, and with exit code 0 after SIGTERM. */
export const endings: Rule = {
  name: 'replicas that ended unexpectedly',
  find: (evidence) =>
    evidence.endings.flatMap(({ replica, requested, code, signal }) => {
      const how = signal ?? `exit code ${code}`;
      if (requested === 'no') return [{ about: replica, what: `ended without a signal from here: ${how}` }];
      return requested === 'terminated' && (code !== 0 || signal !== null)
        ? [{ about: replica, what: `after SIGTERM: ${how}` }]
        : [];
    }),
};
