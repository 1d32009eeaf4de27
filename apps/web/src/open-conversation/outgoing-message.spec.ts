import { newOutgoingMessage, placeholderMessage } from './outgoing-message';

describe('newOutgoingMessage', () => {
  it('gives each message its own id and idempotency key', () => {
    const [first, second] = [newOutgoingMessage({ content: 'a' }), newOutgoingMessage({ content: 'a' })];
    const ids = [first.request.id, first.key, second.request.id, second.key];
    expect(new Set(ids).size).toBe(4);
    expect(first).toMatchObject({ request: { content: 'a' }, error: undefined });
  });
});

describe('placeholderMessage', () => {
  it('is shown as the newest version of the message', () => {
    expect(placeholderMessage({ id: 'q3', content: 'Hi' }, 'a1', ['q1', 'q2'])).toMatchObject({
      id: 'q3',
      parent_id: 'a1',
      role: 'user',
      content: 'Hi',
      status: 'queued',
      sibling_ids: ['q1', 'q2', 'q3'],
    });
  });
});
