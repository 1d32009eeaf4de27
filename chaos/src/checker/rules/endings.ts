import { type Rule } from '../rule.js';

/** A replica ends only when it is made to, and with 0 when it was asked to. */
export const endings: Rule = {
  name: 'replicas that ended by themselves or badly',
  find: (evidence) =>
    evidence.endings.flatMap(({ replica, wanted, code, signal }) => {
      const how = signal ?? `exit code ${code}`;
      if (wanted === 'no') return [{ about: replica, what: `ended by itself: ${how}` }];
      return wanted === 'terminated' && (code !== 0 || signal !== null)
        ? [{ about: replica, what: `was asked to end: ${how}` }]
        : [];
    }),
};
