import { finalStatuses } from '../evidence.js';
import { followText } from '../followed-text.js';
import { type Rule } from '../rule.js';

/** Within 30 s after the last fault, every run ends and every reader gets its end. */
export const unfinished: Rule = {
  name: 'runs unfinished after 30 s',
  find({ histories, database }) {
    const runs = database.runs
      .filter(({ status }) => !finalStatuses.has(status))
      .map(({ id, status, fence }) => ({ about: `run ${id}`, what: `is ${status} (fence ${fence})` }));
    const unnotified = histories
      .flatMap(({ readers }) => readers)
      .filter((reader) => !followText(reader).isFinished)
      .map(({ runId, client, readings }) => ({
        about: `run ${runId}`,
        what: `${client} did not get its end in ${readings.length} readings`,
      }));
    return [...runs, ...unnotified];
  },
};
