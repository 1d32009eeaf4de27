import { type Rule } from '../rule.js';

/** Problems that a correct request may meet while things fail around it. */
const understandable: ReadonlySet<number> = new Set([409, 429, 503]);

/** No fault makes a correct request a wrong one, or a defect of ours. */
export const answers: Rule = {
  name: 'answers that nothing explains',
  find: ({ histories }) =>
    histories
      .flatMap(({ sends }) => sends)
      .flatMap(({ name, tries }) =>
        tries.flatMap(({ status = 200, code, replica }) =>
          status >= 400 && !understandable.has(status)
            ? [{ about: `send ${name}`, what: `${replica} answered ${status} ${code ?? ''}` }]
            : [],
        ),
      ),
};
