import { type StoredConversation, type StoredMessage } from '../evidence.js';
import { type Finding, type Rule } from '../rule.js';

/** The messages of a conversation have the `seq` 1, 2, 3, … and the parents that their clients asked for. */
export const chains: Rule = {
  name: 'gaps in a conversation',
  find({ histories, database }) {
    const requestedParents = new Map(
      histories.flatMap(({ sends }) => sends.map(({ content, parentId }) => [content, parentId] as const)),
    );
    const messages = new Map<string, StoredMessage[]>();
    for (const message of database.messages) {
      const group = messages.get(message.conversationId);
      if (group === undefined) messages.set(message.conversationId, [message]);
      else group.push(message);
    }
    return database.conversations.flatMap((conversation) =>
      faultsOf(conversation, messages.get(conversation.id) ?? [], requestedParents).map((what) => ({
        about: `conversation ${conversation.id}`,
        what,
      })),
    );
  },
};

function faultsOf(
  { nextSeq, leafId }: StoredConversation,
  messages: readonly StoredMessage[],
  requestedParents: ReadonlyMap<string, string | undefined>,
): Finding['what'][] {
  const inOrder = [...messages].sort((a, b) => a.seq - b.seq);
  const misplaced = inOrder.findIndex(({ seq }, index) => seq !== index + 1);
  const faults: string[] = [];
  if (misplaced >= 0) faults.push(`position ${misplaced + 1} has seq ${inOrder[misplaced]!.seq}`);
  if (nextSeq !== inOrder.length + 1)
    faults.push(`${inOrder.length} messages, but the next seq is ${nextSeq}`);
  if ((leafId ?? undefined) !== inOrder.at(-1)?.id)
    faults.push(`its leaf is ${leafId}, not its last message`);
  const byId = new Map(inOrder.map((message) => [message.id, message]));
  for (const [index, message] of inOrder.entries()) {
    const fault = parentFault(message, inOrder[index - 1], byId, requestedParents);
    if (fault !== undefined) faults.push(`message ${message.id} (seq ${message.seq}) ${fault}`);
  }
  return faults;
}

function parentFault(
  { parentId, role, content, seq }: StoredMessage,
  previous: StoredMessage | undefined,
  byId: ReadonlyMap<string, StoredMessage>,
  requestedParents: ReadonlyMap<string, string | undefined>,
): string | undefined {
  const parent = parentId === null ? undefined : byId.get(parentId);
  if (parentId !== null && parent === undefined)
    return `follows ${parentId}, which is not in its conversation`;
  if (parent !== undefined && parent.seq >= seq) return `follows the later message ${parent.id}`;
  if (parent?.role === role) return `follows another message of role ${role}`;
  if (role === 'assistant' && parent === undefined) return 'has no parent';
  const asked = role === 'user' ? requestedParents.get(content) : undefined;
  if (asked !== undefined && asked !== parentId) return `follows ${parentId}, not ${asked} as requested`;
  if (role === 'user' && asked === undefined && parentId !== (previous?.id ?? null)) {
    return `follows ${parentId}, not the last message before it`;
  }
  return undefined;
}
