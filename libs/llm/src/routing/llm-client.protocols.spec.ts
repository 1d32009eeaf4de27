import { type WebSocket } from 'ws';
import { systemClock } from '../clock.js';
import { type LlmProtocol } from '../protocols/protocol.js';
import { clientOptions, collectAnswer } from '../testing/client-setup.js';
import { FakeClock } from '../testing/fake-clock.js';
import { testProtocol } from '../testing/test-protocol.js';
import { ScriptedServer } from '#testing';
import { streamed } from '../testing/transport-setup.js';
import { type LlmClientOptions } from './llm-options.js';
import { LlmClient } from './llm-client.js';
import { type LlmEvent } from './llm-event.js';

let server: ScriptedServer;
let client: LlmClient;

async function start(
  onFrame: (frame: Record<string, unknown>, client: WebSocket) => void,
  more: Partial<LlmProtocol> = {},
  options: Partial<LlmClientOptions> = {},
  clock = systemClock,
): Promise<void> {
  server = await ScriptedServer.start(onFrame);
  const { routes, ...others } = clientOptions([[server.url]], options);
  const protocols = [{ ...testProtocol, ...more }];
  client = new LlmClient(
    { ...others, protocols, routes: routes.map((route) => ({ ...route, protocol: 'named' })) },
    { clock, random: () => 0 },
  );
}
afterEach(async () => {
  client.close();
  await server.stop();
});

const sendFrames = (client: WebSocket, ...frames: object[]) =>
  frames.forEach((frame) => client.send(JSON.stringify(frame)));

describe('a text that the server replaces within an attempt', () => {
  it('is emitted as a restart with a number that no later attempt has', async () => {
    await start(
      ({ id }, socket) => {
        if (server.received.length === 1) {
          sendFrames(socket, { id, all: 'Hel' }, { id, all: 'Bye' }, { id, piece: '!' });
          socket.close(1011);
        } else sendFrames(socket, { id, all: 'Good', end: true });
      },
      {},
      { retry: { maxRetries: 0 } },
    );
    const versions: number[] = [];
    const recordVersion = (event: LlmEvent): void => {
      if (event.type === 'restart') versions.push(event.attempt);
    };
    const result = await collectAnswer(client, streamed, {}, recordVersion);
    expect(result).toMatchObject({ text: 'Bye!', restarts: ['replaced'] });
    expect(versions).toEqual([2]);
    expect(result.error).toMatchObject({ code: 'llm_unavailable' });
  });

  it('is followed by restarts with higher numbers', async () => {
    await start(({ id }, socket) => {
      if (server.received.length === 1) {
        sendFrames(socket, { id, all: 'Hel' }, { id, all: 'Bye' });
        socket.close(1001);
      } else sendFrames(socket, { id, all: 'Good' }, { id, end: true, all: 'Better' });
    });
    const versions: number[] = [];
    const result = await collectAnswer(client, streamed, {}, (event) => {
      if (event.type === 'restart') versions.push(event.attempt);
    });
    expect(result).toMatchObject({
      text: 'Better',
      restarts: ['replaced', 'connection_closed', 'replaced'],
      completion: { text: 'Better' },
    });
    expect(versions).toEqual([2, 3, 4]);
  });
});

describe('limits of a protocol', () => {
  it.each([
    [{ firstTokenMs: 50 }, 50, 'first_token_timeout'],
    [{ idleMs: 60 }, 60, 'idle_timeout'],
    [{ totalMs: 70 }, 70, 'total_timeout'],
  ])('replace those of the client: %j', async (limits, ms, code) => {
    const clock = new FakeClock();
    await start(
      ({ id }, socket) => {
        if (code !== 'first_token_timeout') sendFrames(socket, { id, piece: 'a' });
      },
      { limits },
      { retry: { maxRetries: 0 } },
      clock,
    );
    let deltas = 0;
    const result = collectAnswer(client, streamed, {}, () => (deltas += 1));
    await server.until(({ received }) => received.length === 1);
    while (code !== 'first_token_timeout' && deltas === 0) await new Promise(setImmediate);
    clock.advance(ms - 1);
    await new Promise(setImmediate);
    clock.advance(1);
    const { attempts } = await result;
    expect(attempts.map(({ errorCode }) => errorCode)).toEqual([code]);
  });
});
