import { type Rule } from '../rule.js';

/** Statuses that a correct request may get during faults. */
const allowed: ReadonlySet<number> = new Set([409, 429, 503]);

/** During faults, a correct request gets no status from 400 on but 409, 429 and 503. */
export const answers: Rule = {
  name: 'unexpected error statuses',
  find: ({ histories }) =>
    histories
      .flatMap(({ sends }) => sends)
      .flatMap(({ name, tries }) =>
        tries.flatMap(({ status = 200, code, replica }) =>
          status >= 400 && !allowed.has(status)
            ? [{ about: `send ${name}`, what: `${replica} answered ${status} ${code ?? ''}` }]
            : [],
        ),
      ),
};
