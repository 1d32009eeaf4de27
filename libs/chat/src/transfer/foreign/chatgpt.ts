import { type ForeignConversation, type ForeignMessage, type ForeignNode } from './foreign-conversation.js';
import { listIn, messageOf, modelIn, objectIn, textIn, textsIn, timeIn } from './foreign-values.js';
import { ownKey, type Pick, type Picked } from './json-picker.js';
import { type LeftOut } from './left-out.js';

/** What is read from a conversation in `conversations.json` of ChatGPT. */
export const chatGptConversation: Pick = {
  emit: true,
  members: {
    title: 'scalar',
    create_time: 'scalar',
    update_time: 'scalar',
    current_node: 'scalar',
    mapping: {
      each: {
        members: {
          id: 'scalar',
          parent: 'scalar',
          children: { each: 'scalar' },
          message: {
            members: {
              author: { members: { role: 'scalar' } },
              create_time: 'scalar',
              status: 'scalar',
              recipient: 'scalar',
              content: {
                members: {
                  content_type: 'scalar',
                  text: 'scalar',
                  parts: { each: { members: { content_type: 'scalar', text: 'scalar' } } },
                },
              },
              metadata: {
                members: { model_slug: 'scalar', is_visually_hidden_from_conversation: 'scalar' },
              },
            },
          },
        },
      },
    },
  },
};

/** Content types of messages that are not part of what the user and the assistant wrote. */
const reasoningTypes: ReadonlySet<unknown> = new Set(['thoughts', 'reasoning_recap']);
const contextTypes: ReadonlySet<unknown> = new Set(['user_editable_context', 'model_editable_context']);
const toolTypes: ReadonlySet<unknown> = new Set([
  'execution_output',
  'system_error',
  'tether_browsing_code',
  'tether_browsing_display',
  'tether_quote',
]);

/** A citation, between two characters of the private use area. */
const citation = /\uE200[^\uE200\uE201]*\uE201/g;

/** Converts a conversation of ChatGPT. The nodes of `mapping` form the tree; nodes without a message only connect others. */
export function fromChatGpt(conversation: Picked, leftOut: LeftOut): ForeignConversation {
  const nodes = listIn(conversation['mapping']).flatMap((value): ForeignNode[] => {
    const node = objectIn(value);
    const message = objectIn(node?.['message']);
    const id = textIn(node?.[ownKey]) ?? textIn(node?.['id']);
    if (node === undefined || id === undefined) {
      leftOut.add('invalid_message');
      return [];
    }
    return [
      {
        id,
        parent: textIn(node['parent']) ?? null,
        children: textsIn(node['children']),
        message: message && readMessage(message, leftOut),
      },
    ];
  });
  return {
    title: textIn(conversation['title']) ?? null,
    createdAt: timeIn(conversation['create_time']),
    updatedAt: timeIn(conversation['update_time']),
    nodes,
    current: textIn(conversation['current_node']),
  };
}

function readMessage(message: Picked, leftOut: LeftOut): ForeignMessage | undefined {
  const role = objectIn(message['author'])?.['role'];
  const metadata = objectIn(message['metadata']);
  const content = objectIn(message['content']) ?? {};
  const type = content['content_type'];
  const recipient = message['recipient'] ?? 'all';
  const text = readText(content, leftOut);
  if (role === 'system') {
    if (text.text !== '') leftOut.add('system_message');
  } else if (role === 'tool' || toolTypes.has(type) || (role === 'assistant' && recipient !== 'all')) {
    leftOut.add('tool_message');
  } else if (reasoningTypes.has(type)) leftOut.add('reasoning');
  else if (contextTypes.has(type) || metadata?.['is_visually_hidden_from_conversation'] === true) {
    leftOut.add('hidden_message');
  } else if (role !== 'user' && role !== 'assistant') leftOut.add('invalid_message');
  else {
    for (let at = 0; at < text.attachments; at += 1) leftOut.add('attachment');
    if (text.text === '' && text.attachments > 0) return undefined;
    const isComplete =
      role === 'user' || (message['status'] ?? 'finished_successfully') === 'finished_successfully';
    return messageOf(
      {
        role,
        content: text.text,
        status: isComplete ? 'completed' : 'incomplete',
        model: role === 'assistant' ? modelIn(metadata?.['model_slug']) : null,
        createdAt: timeIn(message['create_time']),
      },
      leftOut,
    );
  }
  return undefined;
}

/** The text of a message, and the number of its parts that are not text. */
function readText(content: Picked, leftOut: LeftOut): { text: string; attachments: number } {
  const texts: string[] = [];
  let attachments = 0;
  for (const part of listIn(content['parts'])) {
    const text = textIn(part) ?? textIn(objectIn(part)?.['text']);
    if (text === undefined) attachments += 1;
    else if (text !== '') texts.push(text);
  }
  if (texts.length === 0 && attachments === 0) texts.push(textIn(content['text']) ?? '');
  const joined = texts.join('\n');
  const text = joined.replace(citation, '');
  if (text !== joined) leftOut.add('citation');
  return { text: text.trim() === '' ? '' : text, attachments };
}
