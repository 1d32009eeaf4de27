import type OpenAI from 'openai';
import { Stack } from '../harness/stack.js';
import { openAiClient } from './openai-client.js';

const heartbeatMs = 50;
const model = 'default';
const messages = [{ role: 'user' as const, content: 'Count.' }];

/** A client that also records the bytes of its responses. */
function recordingClient(stack: Stack): { client: OpenAI; received: () => Promise<string> } {
  const bodies: Promise<string>[] = [];
  const client = openAiClient(stack, {
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      bodies.push(response.clone().text());
      return response;
    },
  });
  return { client, received: async () => (await Promise.all(bodies)).join('') };
}

/** The LLM server pauses between tokens for several heartbeat intervals. */
describe('heartbeats with the official client', () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await Stack.start({
      behavior: { reply: 'One two three.', tokensPerSecond: 4 },
      configure: (configuration) => ({
        ...configuration,
        http: { ...configuration.http, streamHeartbeatMs: heartbeatMs },
      }),
    });
  });
  afterAll(() => stack.stop());

  it('are ignored in a chat completion', async () => {
    const { client, received } = recordingClient(stack);
    let text = '';
    for await (const { choices } of await client.chat.completions.create({ model, messages, stream: true })) {
      text += choices[0]?.delta.content ?? '';
    }
    expect(text).toBe('One two three.');
    expect(await received()).toMatch(/^data: .*\n\n(: still here\n\n)+data: /m);
  });

  it('begin before the first piece of a chat completion', async () => {
    stack.mock.behave({ silence: true });
    const { body } = await stack.fetch('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages, stream: true }),
    });
    let text = '';
    const heartbeat = ': still here';
    for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes(heartbeat)) break;
    }
    expect(text).toContain(heartbeat);
    await stack.mock.reset();
  });

  it.each([true, false])('are ignored in a response (store: %s)', async (store) => {
    const { client, received } = recordingClient(stack);
    let text = '';
    for await (const event of await client.responses.create({ model, input: 'hi', stream: true, store })) {
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    expect(text).toBe('One two three.');
    expect(await received()).toMatch(/^data: .*\n\n(: still here\n\n)+event: /m);
  });
});
