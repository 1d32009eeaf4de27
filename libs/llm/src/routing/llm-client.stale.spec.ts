import { ScriptedServer } from '#testing';
import { clientOptions } from '../testing/client-setup.js';
import { ForgetfulRouter } from '../testing/forgetful-router.js';
import { LlmClient } from './llm-client.js';

/** Real: sockets, the clock, and a router that can forget connections, as a NAT does. */
describe('LlmClient: a connection that the network has dropped while it was idle', () => {
  it('is replaced before the next request, which reaches the server once', async () => {
    const server = await ScriptedServer.start(({ message }, client) =>
      client.send(JSON.stringify({ response: `You said ${String(message)}`, done: true })),
    );
    const router = await ForgetfulRouter.start(server.url);
    const client = new LlmClient(
      clientOptions([[router.url]], { transport: { probeAfterMs: 20, probeMs: 30 } }),
    );
    const ask = async (message: string) => (await client.complete({ message, stream: true })).text;
    expect(await ask('one')).toBe('You said one');
    router.forget();
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(await ask('two')).toBe('You said two');
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(await ask('three')).toBe('You said three');
    expect(server.received.map(({ message }) => message)).toEqual(['one', 'two', 'three']);
    expect(server.clients).toHaveLength(2);
    client.close();
    await router.stop();
    await server.stop();
  });
});
