import { inspect } from 'node:util';
import { MockLlm } from '#mock-llm';
import { clientOptions, collectAnswer } from '../testing/client-setup.js';
import { plain, streamed } from '../testing/transport-setup.js';
import { LlmClient } from './llm-client.js';

const secrets = ['sk-secret', 'user-name', 'pass-word', 'query-token'];
let mock: MockLlm;
let client: LlmClient;
let seen: unknown[];

beforeEach(async () => {
  mock = await MockLlm.start();
  seen = [];
  const url = mock.url.replace('ws://', 'ws://user-name:pass-word@') + '?token=query-token';
  client = new LlmClient(clientOptions([[url]], { retry: { maxRetries: 0 } }));
  for (const event of ['attempt', 'connectionOpened', 'connectionClosed'] as const) {
    client.observer.on(event, (...details: unknown[]) => seen.push(event, ...details));
  }
});
afterEach(async () => {
  client.close();
  await mock.stop();
});

describe('secrets', () => {
  it('are sent to the server', async () => {
    await client.complete(plain);
    expect(mock.requests[0]!.headers.authorization).toMatch(/^(Bearer sk-secret|Basic )/);
  });

  const repeated = `your key sk-secret is not welcome, user-name:pass-word, nor is query-token`;
  it.each([
    ['an error that repeats them', async () => mock.behave({ errorCode: 'x', errorMessage: repeated })],
    [
      'an error text that repeats them',
      async () => mock.behave({ errorCode: 'x', errorMessage: repeated, errorStyle: 'string' }),
    ],
    ['a close reason that repeats them', async () => mock.behave({ closeCode: 4001, closeReason: repeated })],
    ['a refused handshake', async () => mock.behave({ refuse: 401 })],
    ['a refused connect', () => mock.goDown()],
    ['silence', async () => mock.behave({ silence: true })],
    ['garbage', async () => mock.behave({ garbage: 'not-json' })],
  ])('do not appear in errors, attempts, state and events after %s', async (_, misbehave) => {
    await misbehave();
    const { error, attempts } = await collectAnswer(client, streamed, { timeoutMs: 100 });
    expect(error).toBeInstanceOf(Error);
    expect(attempts).toHaveLength(1);
    const everything = inspect([error, attempts, client.state, client.endpoints, seen], {
      depth: 12,
      showHidden: true,
    });
    expect(everything).toContain(mock.url);
    for (const secret of secrets) expect(everything).not.toContain(secret);
  });
});
