import { parseEvent } from './event-reader.js';

describe('parseEvent', () => {
  const block = (type: string, data: object): string =>
    `id: 1.17\nevent: ${type}\ndata: ${JSON.stringify({ type, run_id: 'r', message_id: 'm', ...data })}`;
  const named = { id: '1.17', runId: 'r', replyId: 'm' };
  const message = { id: 'u', conversation_id: 'c', content: 'Hello', status: 'completed' };

  it.each([
    ['message.delta', { offset: 12, delta: 'a: b\nc' }, { offset: 12, delta: 'a: b\nc' }],
    ['run.retrying', { attempt: 2, keep_chars: 0 }, { attempt: 2, keepChars: 0 }],
    ['message.created', { message }, { userId: 'u', conversationId: 'c' }],
    ['message.completed', { message }, { content: 'Hello', status: 'completed' }],
    ['run.finished', { run: { status: 'cancelled' } }, { status: 'cancelled' }],
  ])('reads %s', (type, data, details) => {
    expect(parseEvent(block(type, data))).toEqual({ type, ...named, ...details });
  });

  it('passes over a comment', () => {
    expect(parseEvent(': still here')).toBeUndefined();
  });
});
