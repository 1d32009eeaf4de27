import { Stack } from '../harness/stack.js';
import { LlmClient, type LlmRequest } from '#llm';
import { credentials } from '../../libs/llm/src/testing/client-setup.js';
import { ScriptedServer } from '#testing';
import { claimedBy } from './claims.js';

const [request, frames] = claimedBy('test/documents/frames.spec.ts');

/** The names of all fields, with those inside. */
function fieldsOf(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  if (Array.isArray(value)) return value.flatMap((entry) => fieldsOf(entry, `${path}[]`));
  return Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, `${path}.${name}`));
}

describe("README's frames", () => {
  it('shows the request that an LLM server gets', async () => {
    const stack = await Stack.start();
    const first = await stack.call('POST', '/api/chat', { message: 'the message before' });
    const { conversation_id } = first.body;
    await stack.events('/api/chat', { message: 'hi', conversation_id });
    const shown = JSON.parse(request!.text) as object;
    const sent = stack.mock.requests.at(-1)!.frame;
    const names = (frame: unknown): string[] => [...new Set(fieldsOf(frame))].toSorted();
    expect(names(shown)).toEqual(names(sent));
    await stack.stop();
  });

  it('shows answers that are understood: pieces with an end, and an error', async () => {
    const lines = frames!.text.trimEnd().split('\n');
    const answers = [lines.slice(0, 3), lines.slice(3)];
    const server = await ScriptedServer.start((_frame, socket) => {
      for (const line of answers.shift() ?? []) socket.send(line);
    });
    const client = new LlmClient({
      routes: [{ name: 'only', endpoints: [server.url], model: 'm', protocol: 'guide', credentials }],
      retry: { maxRetries: 0 },
    });
    const ask: LlmRequest = { message: 'hi', stream: true };
    expect(await client.complete(ask)).toMatchObject({
      text: 'Hello',
      finishReason: 'completed',
      model: 'm',
    });
    await expect(client.complete(ask)).rejects.toMatchObject({
      cause: { code: 'rate_limited', retryAfterMs: 2_000 },
    });
    client.close();
    await server.stop();
  });
});
