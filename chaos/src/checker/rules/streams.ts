import { followText } from '../followed-text.js';
import { type Rule } from '../rule.js';

/** Over all its connections a reader gets every event once and in order, and every acknowledged run can be followed. */
export const streams: Rule = {
  name: 'gaps or repeats in a stream',
  find: ({ histories }) =>
    histories
      .flatMap(({ readers }) => readers)
      .flatMap((reader) => {
        const refusals = reader.readings
          .filter(({ status }) => status >= 400 && status < 500)
          .map(({ status, after }) => `following it after ${after ?? 'nothing'} was answered ${status}`);
        const about = `run ${reader.runId}, followed by ${reader.client}`;
        return [...followText(reader).faults, ...refusals].map((what) => ({ about, what }));
      }),
};
