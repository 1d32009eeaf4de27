import { finalStatuses } from '../evidence.js';
import { followText } from '../followed-text.js';
import { type Rule } from '../rule.js';

/** When everything works again, every run comes to its end, and every reader hears of it. */
export const unfinished: Rule = {
  name: 'runs unfinished after 30 s',
  find({ histories, database }) {
    const runs = database.runs
      .filter(({ status }) => !finalStatuses.has(status))
      .map(({ id, status, fence }) => ({ about: `run ${id}`, what: `is ${status} (fence ${fence})` }));
    const unheard = histories
      .flatMap(({ readers }) => readers)
      .filter((reader) => !followText(reader).isFinished)
      .map(({ runId, client, readings }) => ({
        about: `run ${runId}`,
        what: `${client} never heard of its end, in ${readings.length} readings`,
      }));
    return [...runs, ...unheard];
  },
};
