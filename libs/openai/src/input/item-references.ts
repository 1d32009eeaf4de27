import { MessagesById } from '#chat';
import { payloadTooLarge } from '#problems';
import { Injectable } from '@nestjs/common';
import { parsedId } from '../ids/resource-ids.js';
import { checkedList } from './parse-messages.js';
import { rejectField } from './reject-field.js';

/** Most bytes of all texts that the references of a request stand for: as much as the body of a request may have. */
const maxReferencedBytes = 8 * 1024 * 1024;

/** Replaces `{"type":"item_reference","id":"msg_…"}` with the stored message: clients send it for answers that they received. */
@Injectable()
export class ItemReferences {
  readonly #messages: MessagesById;

  constructor(messages: MessagesById) {
    this.#messages = messages;
  }

  /**
   * Returns items without references.
   * @param items unchanged if it is not a list
   * @param field the field that contains them
   * @throws Problem 400 that names a reference to an item which this owner does not have; 413 if their texts are too long
   */
  async resolve(owner: string, items: unknown, field: string): Promise<unknown> {
    if (!Array.isArray(items)) return items;
    const list = checkedList(items, field, true);
    const references = list.flatMap((item, at) => (isReference(item) ? [{ at, id: uuidOfItem(item) }] : []));
    if (references.length === 0) return list;
    const ids = references.flatMap(({ id }) => id ?? []);
    const found = new Map(
      (await this.#messages.read(owner, ids, maxReferencedBytes)).map((message) => [message.id, message]),
    );
    const resolved = [...list];
    for (const { at, id } of references) {
      const message = id === undefined ? undefined : found.get(id);
      if (message === undefined) {
        rejectField(`${field}[${at}].id`, 'item_not_found', 'must be the id of a stored item with text');
      }
      if (message.content === null) throw tooLong(`${field}[${at}]`);
      resolved[at] = { role: message.role, content: message.content };
    }
    return resolved;
  }
}

/** As in the official API, `type` may be left out. */
function isReference(item: unknown): item is { id: unknown } {
  if (typeof item !== 'object' || item === null || !('id' in item)) return false;
  const { type, role } = item as { type?: unknown; role?: unknown };
  return type === 'item_reference' || ((type === undefined || type === null) && role === undefined);
}

function uuidOfItem({ id }: { id: unknown }): string | undefined {
  return typeof id === 'string' ? parsedId('msg', id) : undefined;
}

function tooLong(field: string): Error {
  const detail = `must not refer to more than ${maxReferencedBytes} bytes of text together with the references before it`;
  return payloadTooLarge(undefined, { errors: [{ field, code: 'too_long', detail }] });
}
