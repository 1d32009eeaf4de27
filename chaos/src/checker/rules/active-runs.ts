import { finalStatuses } from '../evidence.js';
import { type Rule } from '../rule.js';

/** No conversation waits for a run that is over or gone, and message and run tell the same. */
export const activeRuns: Rule = {
  name: 'conversations held by a run that is over',
  find({ database }) {
    const runs = new Map(database.runs.map((run) => [run.id, run]));
    const messages = new Map(database.messages.map((message) => [message.id, message]));
    const conversations = new Map(
      database.conversations.map((conversation) => [conversation.id, conversation]),
    );
    const stateOf = (id: string): string | undefined => {
      const status = runs.get(id)?.status ?? 'gone';
      return status === 'gone' || finalStatuses.has(status) ? status : undefined;
    };
    const held = database.conversations.flatMap(({ id, activeRunId, queuedRunIds }) =>
      [activeRunId, ...queuedRunIds].flatMap((runId, place) => {
        const state = runId === null ? undefined : stateOf(runId);
        const how = place === 0 ? 'is held by' : 'queues';
        return state === undefined
          ? []
          : [{ about: `conversation ${id}`, what: `${how} run ${runId}, which is ${state}` }];
      }),
    );
    const waiting = database.runs.flatMap(({ id, status, conversationId }) => {
      const conversation = conversations.get(conversationId);
      const known = [conversation?.activeRunId, ...(conversation?.queuedRunIds ?? [])];
      return finalStatuses.has(status) || known.includes(id)
        ? []
        : [{ about: `run ${id}`, what: `is ${status}, and its conversation does not know of it` }];
    });
    const apart = database.runs.flatMap(({ id, status, messageId }) => {
      const message = messages.get(messageId);
      return message === undefined || message.status === status
        ? []
        : [{ about: `run ${id}`, what: `is ${status}, its message ${message.status}` }];
    });
    return [...held, ...waiting, ...apart];
  },
};
