import { type StoredConversation, type StoredMessage } from '../evidence.js';
import { type Finding, type Rule } from '../rule.js';

/** The messages of a conversation are numbered 1, 2, 3, …, and each follows the one that it should. */
export const chains: Rule = {
  name: 'holes in a conversation',
  find({ histories, database }) {
    const wanted = new Map(
      histories.flatMap(({ sends }) => sends.map(({ content, parentId }) => [content, parentId] as const)),
    );
    const messages = new Map<string, StoredMessage[]>();
    for (const message of database.messages) {
      const of = messages.get(message.conversationId);
      if (of === undefined) messages.set(message.conversationId, [message]);
      else of.push(message);
    }
    return database.conversations.flatMap((conversation) =>
      faultsOf(conversation, messages.get(conversation.id) ?? [], wanted).map((what) => ({
        about: `conversation ${conversation.id}`,
        what,
      })),
    );
  },
};

function faultsOf(
  { nextSeq, leafId }: StoredConversation,
  messages: readonly StoredMessage[],
  wanted: ReadonlyMap<string, string | undefined>,
): Finding['what'][] {
  const inOrder = [...messages].sort((a, b) => a.seq - b.seq);
  const misplaced = inOrder.findIndex(({ seq }, index) => seq !== index + 1);
  const faults: string[] = [];
  if (misplaced >= 0) faults.push(`place ${misplaced + 1} is taken by seq ${inOrder[misplaced]!.seq}`);
  if (nextSeq !== inOrder.length + 1)
    faults.push(`${inOrder.length} messages, but the next one would be ${nextSeq}`);
  if ((leafId ?? undefined) !== inOrder.at(-1)?.id)
    faults.push(`its leaf is ${leafId}, not its newest message`);
  const byId = new Map(inOrder.map((message) => [message.id, message]));
  for (const [index, message] of inOrder.entries()) {
    const fault = parentFault(message, inOrder[index - 1], byId, wanted);
    if (fault !== undefined) faults.push(`message ${message.id} (seq ${message.seq}) ${fault}`);
  }
  return faults;
}

function parentFault(
  { parentId, role, content, seq }: StoredMessage,
  before: StoredMessage | undefined,
  byId: ReadonlyMap<string, StoredMessage>,
  wanted: ReadonlyMap<string, string | undefined>,
): string | undefined {
  const parent = parentId === null ? undefined : byId.get(parentId);
  if (parentId !== null && parent === undefined)
    return `follows ${parentId}, which is not in its conversation`;
  if (parent !== undefined && parent.seq >= seq) return `follows the later message ${parent.id}`;
  if (parent?.role === role) return `of role ${role} follows another one`;
  if (role === 'assistant' && parent === undefined) return 'answers nothing';
  const asked = role === 'user' ? wanted.get(content) : undefined;
  if (asked !== undefined && asked !== parentId)
    return `follows ${parentId}, not ${asked} as it was asked to`;
  if (role === 'user' && asked === undefined && parentId !== (before?.id ?? null)) {
    return `follows ${parentId}, not the newest message of its time`;
  }
  return undefined;
}
