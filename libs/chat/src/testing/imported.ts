import { type ForeignConversation } from '../transfer/foreign/foreign-conversation.js';
import { LeftOut } from '../transfer/foreign/left-out.js';
import { orderMessages } from '../transfer/foreign/order-messages.js';
import { type ForeignFormat, readForeign } from '../transfer/foreign/read-foreign.js';

async function* inPieces(document: unknown, size: number): AsyncGenerator<Buffer, void> {
  const bytes = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/**
 * What an import stores of a document: each message with the index of its parent; and what it leaves out.
 * @param size bytes of the pieces in which the document arrives
 */
export async function imported(format: ForeignFormat, document: unknown, size = 7) {
  const leftOut = new LeftOut();
  const conversations: (Omit<ForeignConversation, 'nodes' | 'current'> & { messages: unknown[] })[] = [];
  for await (const { title, createdAt, updatedAt, ...tree } of readForeign(
    format,
    inPieces(document, size),
    leftOut,
  )) {
    const messages = orderMessages(tree, leftOut).map(({ message, parent }) => [
      message.role,
      message.content,
      parent,
    ]);
    conversations.push({ title, createdAt, updatedAt, messages });
  }
  const left = Object.fromEntries(leftOut.report().map(({ kind, count }) => [kind, count]));
  return { conversations, left };
}
