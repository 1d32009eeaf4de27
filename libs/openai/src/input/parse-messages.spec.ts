import { parseMessages } from './parse-messages.js';

const parse = (...messages: object[]) => parseMessages(messages, 'messages');
const user = { role: 'user', content: 'hi' };

describe('messages of a request', () => {
  it.each<[string, object, string]>([
    ['reasoning', { content: 'a', reasoning_content: 'I think' }, 'a'],
    ['empty members of a gateway', { content: 'a', reasoning: null, provider_specific_fields: {} }, 'a'],
    ['an empty refusal', { content: 'a', refusal: null, annotations: [], audio: null }, 'a'],
    ['citations', { content: 'a', annotations: [{ type: 'url_citation' }] }, 'a'],
    ['the id and the time of a client', { content: 'a', id: 'm1', createdAt: 1 }, 'a'],
    ['the finish reason', { content: 'a', index: 0, finish_reason: 'stop' }, 'a'],
    ['empty tool calls', { content: 'a', tool_calls: [], function_call: null }, 'a'],
    ['text parts of the other API', { content: [{ type: 'output_text', text: 'a', logprobs: [] }] }, 'a'],
    ['a refusal', { content: [{ type: 'refusal', refusal: 'No.' }] }, 'No.'],
    ['thoughts before the text', { content: [{ type: 'thinking' }, { type: 'text', text: 'a' }] }, 'a'],
  ])('takes an answer back as a client stored it: %s', (_, answer, text) => {
    expect(parse(user, { role: 'assistant', ...answer })).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: text },
    ]);
  });

  it.each<[string, object]>([
    ['null', { content: null }],
    ['no content', {}],
    ['an empty text', { content: '' }],
    ['no parts', { content: [] }],
    ['only thoughts', { content: [{ type: 'reasoning', text: 'a' }] }],
  ])('leaves out an answer without text: %s', (_, answer) => {
    expect(parse(user, { role: 'assistant', ...answer })).toEqual([user]);
  });

  it('rejects parts that together are longer than a message may be', () => {
    const part = { type: 'text', text: 'a'.repeat(600_000) };
    expect(parse({ role: 'user', content: [part] })).toHaveLength(1);
    expect(() => parse({ role: 'user', content: [part, part] })).toThrow(
      expect.objectContaining({ status: 413, code: 'payload_too_large' }) as Error,
    );
  });

  it('leaves out reasoning items', () => {
    expect(parse({ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' }, user)).toEqual([
      user,
    ]);
  });

  it('sends developer messages as system messages', () => {
    expect(parse({ role: 'developer', content: 'a' })).toEqual([{ role: 'system', content: 'a' }]);
  });

  it.each<[string, object, string]>([
    ['no content of the user', { role: 'user' }, 'messages[0].content'],
    ['null as content of the user', { role: 'user', content: null }, 'messages[0].content'],
    [
      'a tool call',
      { role: 'assistant', content: null, tool_calls: [{ id: 'c' }] },
      'messages[0].tool_calls',
    ],
    ['a result of a tool', { role: 'tool', tool_call_id: 'c', content: '42' }, 'messages[0].role'],
    ['a function call', { type: 'function_call', call_id: 'c' }, 'messages[0].type'],
    ['an image beside the text', { ...user, images: ['aGk='] }, 'messages[0].images'],
    ['an image', { role: 'user', content: [{ type: 'image_url' }] }, 'messages[0].content[0].type'],
    [
      'thoughts of the user',
      { role: 'user', content: [{ type: 'thinking' }] },
      'messages[0].content[0].type',
    ],
    [
      'a part whose type is inherited',
      { role: 'user', content: [{ type: 'toString' }] },
      'messages[0].content[0].type',
    ],
    ['a text that cannot be stored', { role: 'user', content: 'a\0' }, 'messages[0].content'],
  ])('rejects %s, and names the field', (_, message, field) => {
    expect(() => parse(message)).toThrow(
      expect.objectContaining({ status: 400, errors: [expect.objectContaining({ field })] }) as Error,
    );
  });

  it('rejects a text of more than 1 MiB with 413, and names field and limit', () => {
    const tooLong = { role: 'user', content: 'é'.repeat(512 * 1024 + 1) };
    expect(() => parse(tooLong)).toThrow(
      expect.objectContaining({
        status: 413,
        detail: 'messages[0].content must be at most 1048576 bytes long.',
      }) as Error,
    );
  });

  it('rejects an empty list unless it may be empty', () => {
    expect(() => parseMessages([], 'items')).toThrow('items must be a list of messages');
    expect(parseMessages([], 'items', true)).toEqual([]);
  });
});
