import { createHash } from 'node:crypto';
import { type TurnBody, type TurnTarget, turnRequest, type TurnContext } from './turn-request.js';

const target: TurnTarget = {
  conversationId: 'c1',
  parentId: undefined,
  userMessage: { id: undefined, content: 'hi' },
};
const context: TurnContext = { owner: 'me', form: 'json', key: 'k1' };

const hashOf = (
  body: TurnBody,
  where: Partial<TurnTarget> = {},
  how: Partial<TurnContext> = {},
): string | undefined => turnRequest({ ...target, ...where }, body, { ...context, ...how }).idempotency?.hash;

describe('turnRequest', () => {
  it('takes the settings of the body', () => {
    const settings = { max_tokens: 7, temperature: 0.5, stream: true, restart: 'never' } as const;
    const request = turnRequest(
      target,
      { model: 'm', metadata: { a: 1 }, settings, on_busy: 'queue' },
      { owner: 'me', form: 'json' },
    );
    expect(request).toMatchObject({
      ...target,
      owner: 'me',
      onBusy: 'queue',
      idempotency: undefined,
      generation: { model: 'm', metadata: { a: 1 }, settings },
    });
  });

  it.each([
    ['json', undefined, false],
    ['events', undefined, true],
    ['async', undefined, true],
    ['json', true, true],
    ['events', false, false],
  ] as const)('with the form %s and stream %s: the LLM streams is %s', (form, stream, expected) => {
    const { generation } = turnRequest(target, { settings: { stream } }, { owner: 'me', form });
    expect(generation.settings.stream).toBe(expected);
  });

  it('makes a turn that is rejected while the conversation is busy by default', () => {
    expect(turnRequest(target, {}, context).onBusy).toBe('reject');
  });
});

describe('the hash of a request', () => {
  it('is that of earlier versions, whose hashes are stored', () => {
    const json = '{"conversationId":"c1","model":"m","said":{"content":"hi"},"settings":{}}';
    expect(hashOf({ model: 'm' })).toBe(createHash('sha256').update(json).digest('base64url'));
  });

  const body: TurnBody = { model: 'm', metadata: { a: { b: 1, c: [1, 2] } }, settings: { temperature: 1 } };

  it.each<[string, string | undefined]>([
    [
      'the order of members',
      hashOf({ settings: { temperature: 1 }, metadata: { a: { c: [1, 2], b: 1 } }, model: 'm' }),
    ],
    ['the form of the response', hashOf(body, {}, { form: 'events' })],
    ['whether it streams', hashOf({ ...body, settings: { temperature: 1, stream: true } })],
    ['on_busy', hashOf({ ...body, on_busy: 'interrupt' })],
    ['the key', hashOf(body, {}, { key: 'k2' })],
    ['a member that is undefined', hashOf({ ...body, settings: { temperature: 1, max_tokens: undefined } })],
  ])('does not depend on %s', (_, hash) => {
    expect(hash).toBe(hashOf(body));
  });

  it.each<[string, string | undefined]>([
    ['the text', hashOf(body, { userMessage: { id: undefined, content: 'ho' } })],
    ['the id of the message', hashOf(body, { userMessage: { id: 'm1', content: 'hi' } })],
    ['the conversation', hashOf(body, { conversationId: 'c2' })],
    ['a new conversation', hashOf(body, { conversationId: undefined })],
    ['the parent', hashOf(body, { parentId: 'm1' })],
    ['no parent', hashOf(body, { parentId: null })],
    ['answering the parent again', hashOf(body, { userMessage: undefined })],
    ['the model', hashOf({ ...body, model: 'n' })],
    ['the metadata', hashOf({ ...body, metadata: { a: { b: 1, c: [2, 1] } } })],
    ['the settings', hashOf({ ...body, settings: { temperature: 0 } })],
    ['whether the text may start over', hashOf({ ...body, settings: { temperature: 1, restart: 'never' } })],
  ])('depends on %s', (_, hash) => {
    expect(hash).toHaveLength(43);
    expect(hash).not.toBe(hashOf(body));
  });
});
