import { type Conversation, type Message, type Run } from '@parley/client';

/** A stored message of the user. */
export function question(id: string, fields: Partial<Message> = {}): Message {
  return {
    id,
    conversation_id: 'c1',
    parent_id: null,
    seq: 1,
    role: 'user',
    content: `Question ${id}`,
    status: 'completed',
    model: null,
    finish_reason: null,
    tokens_used: null,
    usage: null,
    source: null,
    run_id: null,
    metadata: {},
    created_at: '2026-01-01T00:00:00.000Z',
    completed_at: null,
    ...fields,
  };
}

/** A stored answer of run `r1`. */
export function answer(id: string, fields: Partial<Message> = {}): Message {
  return question(id, {
    role: 'assistant',
    content: `Answer ${id}`,
    model: 'default',
    source: 'primary',
    run_id: 'r1',
    ...fields,
  });
}

/** A stored conversation. */
export function conversation(id: string, fields: Partial<Conversation> = {}): Conversation {
  return {
    id,
    title: `Title ${id}`,
    metadata: {},
    active_run_id: null,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    ...fields,
  };
}

/** The finished run `r1` of message `a1`. */
export function run(fields: Partial<Run> = {}): Run {
  return {
    id: 'r1',
    conversation_id: 'c1',
    message_id: 'a1',
    status: 'completed',
    error: null,
    attempts: [],
    created_at: '2026-01-01T00:00:00.000Z',
    finished_at: '2026-01-01T00:00:01.000Z',
    ...fields,
  };
}

/** A page of a list. */
export function page<T extends { id: string }>(data: T[], has_more = false): object {
  return { data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more };
}
