import { type Message, newId, type SendMessage } from '@parley/client';

/** A message of the user that the server has not stored yet. */
export interface OutgoingMessage {
  request: SendMessage & { id: string };
  /** The idempotency key: a message that is sent again with the same key is stored once. */
  key: string;
  /** Why sending failed; undefined while it is being sent. */
  error: unknown;
}

/** A message with a new id and a new idempotency key. */
export function newOutgoingMessage(request: SendMessage): OutgoingMessage {
  return { request: { ...request, id: newId() }, key: newId(), error: undefined };
}

/**
 * The message that is shown until the server has stored it.
 * @param siblings ids of the older messages with the same parent
 */
export function placeholderMessage(
  { id, content }: OutgoingMessage['request'],
  parentId: string | null,
  siblings: readonly string[],
): Message {
  return {
    id,
    conversation_id: '',
    parent_id: parentId,
    seq: Number.MAX_SAFE_INTEGER,
    role: 'user',
    content,
    status: 'queued',
    model: null,
    finish_reason: null,
    tokens_used: null,
    usage: null,
    source: null,
    run_id: null,
    metadata: {},
    created_at: new Date().toISOString(),
    completed_at: null,
    sibling_ids: [...siblings, id],
  };
}
