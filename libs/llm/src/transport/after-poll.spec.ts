import { setTimeout as sleep } from 'node:timers/promises';
import { LlmClient } from '../routing/llm-client.js';
import { clientOptions } from '../testing/client-setup.js';
import { ScriptedServer } from '#testing';

/** Blocks the event loop, as a long garbage collection or a stopped process does. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** Real: sockets and the client. */
describe('frames that arrived while the event loop was blocked', () => {
  let server: ScriptedServer;
  let client: LlmClient;
  beforeEach(async () => {
    server = await ScriptedServer.start(({ message }, socket) =>
      socket.send(JSON.stringify({ response: `<${String(message)}>`, done: true })),
    );
    client = new LlmClient(
      clientOptions([[server.url]], { transport: { reuse: 'settled', settleMs: 20, restMs: 60 } }),
    );
  });
  afterEach(async () => {
    client.close();
    await server.stop();
  });

  const ask = async (message: string, owner: string): Promise<string> =>
    (await client.complete({ message, owner, conversationId: message, stream: false })).text;

  it('are not the answer to another question', async () => {
    // The connection of the first answer may not be reused: it had not been quiet for long enough before.
    await ask('first', 'ann');
    await sleep(200);
    const before = server.received.length;
    await ask('second', 'ann');
    expect(server.received).toHaveLength(before + 1);
    for (const socket of server.clients) socket.send('{"response":"<late>","done":true}');
    block(100);
    expect(await ask('third', 'bob')).toBe('<third>');
  });

  it('are not the answer to a request that had to wait', async () => {
    await ask('first', 'ann');
    await sleep(200);
    await ask('second', 'ann');
    const third = ask('third', 'bob');
    for (const socket of server.clients) socket.send('{"response":"<late>","done":true}');
    block(100);
    expect(await third).toBe('<third>');
  });
});
