import { ask, GuideClient } from '../test/guide-client.js';
import { MockLlm } from './mock-llm.js';
import { type MockLlmOptions } from './mock-llm-options.js';

let mock: MockLlm;

async function connected(options: MockLlmOptions = {}): Promise<GuideClient> {
  mock = await MockLlm.start(options);
  return GuideClient.open(mock.url);
}

afterEach(() => mock.stop());

describe('the guide protocol', () => {
  it('answers one frame with one frame', async () => {
    const client = await connected();
    const { chunks, final } = await client.answer(ask('What is 6 * 7?'));
    expect(chunks).toEqual([]);
    expect(final).toEqual({
      response: '6 * 7 = 42.',
      tokens_used: expect.any(Number) as unknown,
      model: 'm',
      finish_reason: 'completed',
      metadata: expect.any(Object) as unknown,
    });
  });

  it('streams chunks that add up to the final response', async () => {
    const client = await connected();
    const { chunks, final } = await client.answer(
      ask('Tell me about lighthouses in long form', { stream: true }),
    );
    expect(chunks.length).toBeGreaterThan(50);
    expect(final.response).toBe(chunks.join(''));
    expect(final).toMatchObject({ done: true, model: 'm', finish_reason: 'completed' });
  });

  it('stops at max_tokens, and reports it', async () => {
    const client = await connected();
    const { chunks, final } = await client.answer(ask('lighthouses', { stream: true, max_tokens: 3 }));
    expect(chunks).toHaveLength(3);
    expect(final).toMatchObject({ finish_reason: 'length', response: chunks.join('') });
  });

  it('reads the history', async () => {
    const client = await connected();
    const messages = [
      { role: 'user', content: 'My name is Ada.' },
      { role: 'assistant', content: 'Hello Ada' },
    ];
    const request = { message: 'What did I say first?', metadata: { session_context: { messages } } };
    const { final } = await client.answer(request);
    expect(final.response).toContain('2 messages');
    expect(final.response).toContain('“My name is Ada.”');
  });

  it.each([
    ['text that is not JSON', '{"message":', 'not a JSON object'],
    ['an array', '[]', 'not a JSON object'],
    ['no message', '{"model":"m"}', 'message must be text'],
    ['a bad limit', '{"message":"hi","settings":{"max_tokens":0}}', 'settings.max_tokens'],
  ])('answers %s with invalid_request', async (_, frame, problem) => {
    const client = await connected();
    client.send(frame);
    expect(await client.next()).toEqual({
      error: true,
      error_code: 'invalid_request',
      error_message: expect.stringContaining(problem) as unknown,
    });
    expect((await client.answer(ask('hi'))).final.response).toEqual(expect.any(String));
  });

  it('answers requests without an id one after the other, in order', async () => {
    const client = await connected({ behavior: { tokensPerSecond: 1000 } });
    for (const reply of ['first', 'second', 'third']) {
      mock.behaveOnce({ reply, tokens: 3 });
      client.send(ask('hi', { stream: true }));
    }
    const frames = [];
    for (let i = 0; i < 12; i++) frames.push(await client.next());
    expect(frames.map((frame) => frame.done ?? String(frame.chunk).trim())).toEqual(
      ['first', 'second', 'third'].flatMap((word) => [word, word, word, true]),
    );
  });

  it('answers requests with an id concurrently, and repeats it in every frame', async () => {
    const client = await connected();
    mock.behaveOnce({ stall: true, afterTokens: 1 });
    client.send(ask('slow', { stream: true, request_id: 'a' }));
    expect(await client.next()).toMatchObject({ request_id: 'a' });
    client.send(ask('fast', { stream: true, request_id: 'b' }));
    let frame;
    do {
      frame = await client.next();
      expect(frame.request_id).toBe('b');
    } while (frame.done !== true);
  });

  it('ignores the id without multiplexing', async () => {
    const client = await connected({ multiplex: false });
    const { final } = await client.answer(ask('hi', { request_id: 'a' }));
    expect(final).not.toHaveProperty('request_id');
  });
});

describe('the record of requests', () => {
  it('holds frame, headers, connection and outcome', async () => {
    const seen: number[] = [];
    mock = await MockLlm.start({ onRequest: ({ number }) => seen.push(number) });
    const client = await GuideClient.open(mock.url, { 'X-Client-ID': 'chatbot-client' });
    await client.answer(ask('hi', { stream: true }));
    expect(mock.requests).toEqual([
      {
        number: 1,
        frame: ask('hi', { stream: true }),
        bytes: expect.any(Number) as unknown,
        headers: expect.objectContaining({ 'x-client-id': 'chatbot-client' }) as unknown,
        connection: 1,
        receivedAt: expect.any(Date) as unknown,
        outcome: 'finished',
        endedAt: expect.any(Date) as unknown,
        tokensSent: expect.any(Number) as unknown,
      },
    ]);
    expect(seen).toEqual([1]);
  });

  it('records an abandoned answer', async () => {
    const client = await connected({ behavior: { stall: true, afterTokens: 2 } });
    client.send(ask('hi', { stream: true }));
    await client.next();
    await client.next();
    client.ws.close();
    await mock.waitFor(({ requests }) => requests[0]?.outcome !== 'pending');
    expect(mock.requests[0]).toMatchObject({ outcome: 'abandoned', tokensSent: 2 });
    await mock.waitFor(({ connections }) => connections === 0);
    expect(mock.connectionsAccepted).toBe(1);
  });
});
