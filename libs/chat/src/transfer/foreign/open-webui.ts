import { type ForeignConversation, type ForeignMessage, type ForeignNode } from './foreign-conversation.js';
import { listIn, messageOf, modelIn, objectIn, textIn, textsIn, timeIn } from './foreign-values.js';
import { ownKey, type Pick, type Picked } from './json-picker.js';
import { type LeftOut } from './left-out.js';

const message: Pick = {
  members: {
    id: 'scalar',
    parentId: 'scalar',
    childrenIds: { each: 'scalar' },
    role: 'scalar',
    content: { each: { members: { type: 'scalar', text: 'scalar' } } },
    timestamp: 'scalar',
    model: 'scalar',
    done: 'scalar',
    error: { members: { content: 'scalar' } },
    files: { each: { members: {} } },
  },
};
const chat: Record<string, Pick> = {
  title: 'scalar',
  timestamp: 'scalar',
  history: { members: { currentId: 'scalar', messages: { each: message } } },
  messages: { each: message },
};

/** What is read from a chat in an export of Open WebUI. Older versions export the inner `chat` without the outer object. */
export const openWebUiChat: Pick = {
  emit: true,
  members: { ...chat, created_at: 'scalar', updated_at: 'scalar', chat: { members: chat } },
};

/** The reasoning and the tool calls that Open WebUI writes into the text of an answer. */
const detailsBegin = '<details type="';
const detailsEnd = '</details>';

/** Converts a chat of Open WebUI. `history` is the tree; chats of old versions have only the list `messages`. */
export function fromOpenWebUi(exported: Picked, leftOut: LeftOut): ForeignConversation {
  const inner = objectIn(exported['chat']) ?? exported;
  const history = objectIn(inner['history']);
  const tree = listIn(history?.['messages']);
  const list = tree.length > 0 ? tree : listIn(inner['messages']);
  const isList = tree.length === 0 && list.every((one) => textIn(objectIn(one)?.['parentId']) === undefined);
  const nodes: ForeignNode[] = [];
  for (const value of list) {
    const found = objectIn(value);
    const id =
      textIn(found?.[ownKey]) ??
      textIn(found?.['id']) ??
      (isList && found !== undefined ? `list-${nodes.length}` : undefined);
    if (found === undefined || id === undefined) {
      leftOut.add('invalid_message');
      continue;
    }
    const previous = isList ? nodes.at(-1)?.id : undefined;
    nodes.push({
      id,
      parent: textIn(found['parentId']) ?? previous ?? null,
      children: textsIn(found['childrenIds']),
      message: readMessage(found, leftOut),
    });
  }
  return {
    title: textIn(exported['title']) ?? textIn(inner['title']) ?? null,
    createdAt: timeIn(exported['created_at']) ?? timeIn(inner['timestamp']),
    updatedAt: timeIn(exported['updated_at']) ?? timeIn(inner['timestamp']),
    nodes,
    current: textIn(history?.['currentId']) ?? (isList ? nodes.at(-1)?.id : undefined),
  };
}

function readMessage(found: Picked, leftOut: LeftOut): ForeignMessage | undefined {
  const { role } = found;
  if (role === 'system') leftOut.add('system_message');
  else if (role === 'tool') leftOut.add('tool_message');
  else if (role !== 'user' && role !== 'assistant') leftOut.add('invalid_message');
  else {
    const attachments = listIn(found['files']).length;
    for (let at = 0; at < attachments; at += 1) leftOut.add('attachment');
    const text =
      role === 'assistant'
        ? withoutDetails(readText(found['content'], leftOut), leftOut)
        : readText(found['content'], leftOut);
    const error = objectIn(found['error']);
    if (text.trim() === '' && attachments > 0) return undefined;
    const content = text === '' ? (textIn(error?.['content']) ?? '') : text;
    return messageOf(
      {
        role,
        content,
        status: error === undefined ? (found['done'] === false ? 'incomplete' : 'completed') : 'failed',
        model: role === 'assistant' ? modelIn(found['model']) : null,
        createdAt: timeIn(found['timestamp']),
      },
      leftOut,
    );
  }
  return undefined;
}

function readText(content: unknown, leftOut: LeftOut): string {
  if (typeof content === 'string') return content;
  const texts: string[] = [];
  for (const part of listIn(content)) {
    const text = textIn(part) ?? textIn(objectIn(part)?.['text']);
    if (text === undefined) leftOut.add('attachment');
    else texts.push(text);
  }
  return texts.join('\n');
}

/** The text without the sections that Open WebUI adds for reasoning and for tools. */
function withoutDetails(text: string, leftOut: LeftOut): string {
  let rest = '';
  let from = 0;
  for (;;) {
    const begin = text.indexOf(detailsBegin, from);
    const end = begin === -1 ? -1 : text.indexOf(detailsEnd, begin);
    if (end === -1) break;
    leftOut.add(text.startsWith('reasoning', begin + detailsBegin.length) ? 'reasoning' : 'tool_message');
    rest += text.slice(from, begin);
    from = end + detailsEnd.length;
  }
  return from === 0 ? text : `${rest}${text.slice(from)}`.trim();
}
