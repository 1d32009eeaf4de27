import { type ForeignConversation, type ForeignMessage, type ForeignNode } from './foreign-conversation.js';
import { listIn, messageOf, modelIn, objectIn, textIn, timeIn } from './foreign-values.js';
import { type Pick, type Picked } from './json-picker.js';
import { type LeftOut } from './left-out.js';

const message: { members: Record<string, Pick> } = {
  members: {
    messageId: 'scalar',
    parentMessageId: 'scalar',
    isCreatedByUser: 'scalar',
    sender: 'scalar',
    role: 'scalar',
    text: 'scalar',
    content: {
      each: { members: { type: 'scalar', text: { members: { value: 'scalar' } } } },
    },
    createdAt: 'scalar',
    model: 'scalar',
    error: 'scalar',
    unfinished: 'scalar',
    files: { each: { members: {} } },
  },
};
// A recursive export nests the answers to a message in it.
message.members['children'] = { each: message };

/** What is read from an export of LibreChat. Older versions call the nested messages `messagesTree`. */
export const libreChatConversation: Pick = {
  emit: true,
  members: {
    title: 'scalar',
    createdAt: 'scalar',
    updatedAt: 'scalar',
    messages: { each: message },
    messagesTree: { each: message },
  },
};

/** Converts a conversation of LibreChat, whose messages are a list with `parentMessageId`, or nested in each other. */
export function fromLibreChat(conversation: Picked, leftOut: LeftOut): ForeignConversation {
  const roots = listIn(conversation['messages'] ?? conversation['messagesTree']);
  const nodes: ForeignNode[] = [];
  // A stack instead of recursion: a chain may be thousands of messages deep.
  const open = [...roots].reverse().map((value) => ({ value, parent: null as string | null }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const found = objectIn(next.value);
    const id = textIn(found?.['messageId']);
    const children = listIn(found?.['children']);
    const parent = textIn(found?.['parentMessageId']) ?? next.parent;
    if (found === undefined || id === undefined) leftOut.add('invalid_message');
    else nodes.push({ id, parent, children: [], message: readMessage(found, leftOut) });
    for (let at = children.length - 1; at >= 0; at -= 1)
      open.push({ value: children[at], parent: id ?? next.parent });
  }
  return {
    title: textIn(conversation['title']) ?? null,
    createdAt: timeIn(conversation['createdAt']),
    updatedAt: timeIn(conversation['updatedAt']),
    nodes,
    current: undefined,
  };
}

function readMessage(found: Picked, leftOut: LeftOut): ForeignMessage | undefined {
  const role = roleOf(found);
  if (role === undefined) {
    leftOut.add('invalid_message');
    return undefined;
  }
  const attachments = listIn(found['files']).length;
  for (let at = 0; at < attachments; at += 1) leftOut.add('attachment');
  const parts = readParts(listIn(found['content']), leftOut);
  const content = parts || (textIn(found['text']) ?? '');
  if (content.trim() === '' && attachments > 0) return undefined;
  return messageOf(
    {
      role,
      content,
      status: found['error'] === true ? 'failed' : found['unfinished'] === true ? 'incomplete' : 'completed',
      model: role === 'assistant' ? modelIn(found['model']) : null,
      createdAt: timeIn(found['createdAt']),
    },
    leftOut,
  );
}

function roleOf({ isCreatedByUser, role, sender }: Picked): 'user' | 'assistant' | undefined {
  if (typeof isCreatedByUser === 'boolean') return isCreatedByUser ? 'user' : 'assistant';
  if (role === 'user' || role === 'assistant') return role;
  if (typeof sender !== 'string') return undefined;
  return sender.toLowerCase() === 'user' ? 'user' : 'assistant';
}

/** The texts among the parts of an answer. */
function readParts(parts: readonly unknown[], leftOut: LeftOut): string {
  const texts: string[] = [];
  for (const value of parts) {
    const part = objectIn(value);
    const text = textIn(part?.['text']) ?? textIn(objectIn(part?.['text'])?.['value']);
    const type = part?.['type'];
    if (type === 'think') leftOut.add('reasoning');
    else if (type === 'tool_call') leftOut.add('tool_message');
    else if (text === undefined) leftOut.add('attachment');
    else if (text !== '') texts.push(text);
  }
  return texts.join('\n');
}
