import { type Acknowledgement, type History, type Send } from '../../history/history.js';
import { type StoredMessage } from '../evidence.js';
import { type Finding, type Rule } from '../rule.js';

/** Everything whose id a client received is stored, as it was sent. */
export const lost: Rule = {
  name: 'acknowledged messages lost',
  find({ histories, database }) {
    const messages = new Map(database.messages.map((message) => [message.id, message]));
    const runs = new Set(database.runs.map(({ id }) => id));
    const conversations = new Set(database.conversations.map(({ id }) => id));
    const opened = histories.flatMap((history) =>
      history.conversations
        .filter((id) => !conversations.has(id))
        .map((id) => ({
          about: `conversation ${id}`,
          what: `was created for ${history.client} and is missing`,
        })),
    );
    const sent = histories
      .flatMap(({ sends }) => sends)
      .flatMap((send) =>
        send.acknowledgements.flatMap((acknowledgement) => lossesOf(send, acknowledgement, messages, runs)),
      );
    return [...opened, ...sent, ...followedRuns(histories, runs)];
  },
};

function lossesOf(
  send: Send,
  acknowledgement: Acknowledgement,
  messages: ReadonlyMap<string, StoredMessage>,
  runs: ReadonlySet<string>,
): Finding[] {
  const about = `send ${send.name}`;
  const findings: Finding[] = [];
  const reply = messages.get(acknowledgement.replyId);
  if (!runs.has(acknowledgement.runId))
    findings.push({ about, what: `its run ${acknowledgement.runId} is missing` });
  if (reply === undefined) findings.push({ about, what: `its answer ${acknowledgement.replyId} is missing` });
  const userId = acknowledgement.userId ?? send.ownId ?? reply?.parentId ?? undefined;
  const user = userId === undefined ? undefined : messages.get(userId);
  if (user === undefined)
    findings.push({ about, what: `the user's message ${userId ?? '(of unknown id)'} is missing` });
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
      .map(({ runId }) => ({ about: `run ${runId}`, what: `was followed by ${client} and is missing` })),
  );
}
