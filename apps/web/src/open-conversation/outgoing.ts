import { type Message, newId, type SendMessage } from '@parley/client';

/** A message on its way to the server. */
export interface Outgoing {
  request: SendMessage & { id: string };
  /** Sent again with the same key, it is stored once. */
  key: string;
  /** Why it was not sent; undefined while it is under way. */
  error: unknown;
}

export function newOutgoing(request: SendMessage): Outgoing {
  return { request: { ...request, id: newId() }, key: newId(), error: undefined };
}

/** As it is shown until the server has stored it: `siblings` came before it in its place. */
export function draftOf(
  { id, content }: Outgoing['request'],
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
