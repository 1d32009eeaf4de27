import { finalStatuses } from '../evidence.js';
import { type Rule } from '../rule.js';

/** No conversation waits for a finished or missing run, and a message has the status of its run. */
export const activeRuns: Rule = {
  name: 'conversations with a finished active run',
  find({ database }) {
    const runs = new Map(database.runs.map((run) => [run.id, run]));
    const messages = new Map(database.messages.map((message) => [message.id, message]));
    const conversations = new Map(
      database.conversations.map((conversation) => [conversation.id, conversation]),
    );
    const stateOf = (id: string): string | undefined => {
      const status = runs.get(id)?.status ?? 'missing';
      return status === 'missing' || finalStatuses.has(status) ? status : undefined;
    };
    const held = database.conversations.flatMap(({ id, activeRunId, queuedRunIds }) =>
      [activeRunId, ...queuedRunIds].flatMap((runId, index) => {
        const state = runId === null ? undefined : stateOf(runId);
        const how = index === 0 ? 'has the active run' : 'has the queued run';
        return state === undefined
          ? []
          : [{ about: `conversation ${id}`, what: `${how} ${runId}, which is ${state}` }];
      }),
    );
    const waiting = database.runs.flatMap(({ id, status, conversationId }) => {
      const conversation = conversations.get(conversationId);
      const listed = [conversation?.activeRunId, ...(conversation?.queuedRunIds ?? [])];
      return finalStatuses.has(status) || listed.includes(id)
        ? []
        : [
            {
              about: `run ${id}`,
              what: `is ${status}, and is neither active nor queued in its conversation`,
            },
          ];
    });
    const different = database.runs.flatMap(({ id, status, messageId }) => {
      const message = messages.get(messageId);
      return message === undefined || message.status === status
        ? []
        : [{ about: `run ${id}`, what: `is ${status}, its message ${message.status}` }];
    });
    return [...held, ...waiting, ...different];
  },
};
