import { finalStatuses } from '../evidence.js';
import { type Rule } from '../rule.js';

/** The text of a run in pieces is gone with its end. */
export const leftovers: Rule = {
  name: 'pieces of text left behind',
  find({ database }) {
    const runs = new Map(database.runs.map((run) => [run.id, run]));
    const left = new Set(database.pieces.map(({ runId }) => runId));
    return [...left].flatMap((id) => {
      const status = runs.get(id)?.status ?? 'gone';
      return status === 'gone' || finalStatuses.has(status)
        ? [{ about: `run ${id}`, what: `is ${status} and has pieces of text` }]
        : [];
    });
  },
};
