import { finalStatuses } from '../evidence.js';
import { type Rule } from '../rule.js';

/** The end of a run deletes the pieces of its text. */
export const leftovers: Rule = {
  name: 'pieces of text not deleted',
  find({ database }) {
    const runs = new Map(database.runs.map((run) => [run.id, run]));
    const left = new Set(database.pieces.map(({ runId }) => runId));
    return [...left].flatMap((id) => {
      const status = runs.get(id)?.status ?? 'missing';
      return status === 'missing' || finalStatuses.has(status)
        ? [{ about: `run ${id}`, what: `is ${status} and has pieces of text` }]
        : [];
    });
  },
};
