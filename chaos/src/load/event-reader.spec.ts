import { eventOf } from './event-reader.js';

describe('eventOf', () => {
  const received = (type: string, data: object) => ({
    id: '1.17',
    type,
    data: JSON.stringify({ type, run_id: 'r', message_id: 'm', ...data }),
  });
  const named = { id: '1.17', runId: 'r', replyId: 'm' };
  const message = { id: 'u', conversation_id: 'c', content: 'Hello', status: 'completed' };

  it.each([
    ['message.delta', { offset: 12, delta: 'a: b\nc' }, { offset: 12, delta: 'a: b\nc' }],
    ['run.retrying', { attempt: 2, keep_chars: 0 }, { attempt: 2, keepChars: 0 }],
    ['message.created', { message }, { userId: 'u', conversationId: 'c' }],
    ['message.completed', { message }, { content: 'Hello', status: 'completed' }],
    ['run.finished', { run: { status: 'cancelled' } }, { status: 'cancelled' }],
  ])('reads %s', (type, data, details) => {
    expect(eventOf(received(type, data))).toEqual({ type, ...named, ...details });
  });
});
