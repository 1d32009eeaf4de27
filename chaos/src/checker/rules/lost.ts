import { type Acknowledgement, type History, type Send } from '../../history/history.js';
import { type StoredMessage } from '../evidence.js';
import { type Finding, type Rule } from '../rule.js';

/** Whatever a client was told the id of is stored, as it was sent. */
export const lost: Rule = {
  name: 'acknowledged messages lost',
  find({ histories, database }) {
    const messages = new Map(database.messages.map((message) => [message.id, message]));
    const runs = new Set(database.runs.map(({ id }) => id));
    const conversations = new Set(database.conversations.map(({ id }) => id));
    const opened = histories.flatMap((history) =>
      history.conversations
        .filter((id) => !conversations.has(id))
        .map((id) => ({ about: `conversation ${id}`, what: `was opened for ${history.client} and is gone` })),
    );
    const said = histories
      .flatMap(({ sends }) => sends)
      .flatMap((send) => send.acknowledgements.flatMap((told) => lossesOf(send, told, messages, runs)));
    return [...opened, ...said, ...followedRuns(histories, runs)];
  },
};

function lossesOf(
  send: Send,
  told: Acknowledgement,
  messages: ReadonlyMap<string, StoredMessage>,
  runs: ReadonlySet<string>,
): Finding[] {
  const about = `send ${send.name}`;
  const findings: Finding[] = [];
  const reply = messages.get(told.replyId);
  if (!runs.has(told.runId)) findings.push({ about, what: `its run ${told.runId} is gone` });
  if (reply === undefined) findings.push({ about, what: `its answer ${told.replyId} is gone` });
  const userId = told.userId ?? send.ownId ?? reply?.parentId ?? undefined;
  const user = userId === undefined ? undefined : messages.get(userId);
  if (user === undefined)
    findings.push({ about, what: `the user's message ${userId ?? '(of no known id)'} is gone` });
  else if (user.content !== send.content)
    findings.push({ about, what: `the user's message ${user.id} says ${JSON.stringify(user.content)}` });
  else if (send.ownId !== undefined && user.id !== send.ownId)
    findings.push({ about, what: `the user's message has the id ${user.id}, not ${send.ownId}` });
  if (user !== undefined && send.conversationId !== undefined && user.conversationId !== send.conversationId)
    findings.push({ about, what: `it is stored in conversation ${user.conversationId}` });
  return findings;
}

function followedRuns(histories: readonly History[], runs: ReadonlySet<string>): Finding[] {
  return histories.flatMap(({ client, readers }) =>
    readers
      .filter(({ runId }) => !runs.has(runId))
      .map(({ runId }) => ({ about: `run ${runId}`, what: `was followed by ${client} and is gone` })),
  );
}
