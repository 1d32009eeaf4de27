import { type WebSocket } from 'ws';
import { systemClock } from '../clock.js';
import { LlmFrameError } from '../errors/answer-errors.js';
import { type LlmProtocol } from '../protocols/protocol.js';
import { clientOptions, collectAnswer } from '../testing/client-setup.js';
import { FakeClock } from '../testing/fake-clock.js';
import { testProtocol } from '../testing/test-protocol.js';
import { ScriptedServer } from '#testing';
import { plain, streamed } from '../testing/transport-setup.js';
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

describe('the limit of the first piece', () => {
  it.each([
    [true, 'first_token_timeout', 'the first token limit of 30 ms (LLM_FIRST_TOKEN_TIMEOUT) ran out'],
    [false, 'total_timeout', 'the total limit of 60 ms (LLM_TIMEOUT) ran out'],
  ])(
    'applies to plain answers if the protocol streams every answer: %s',
    async (streamsAlways, code, message) => {
      const timeouts = { firstTokenMs: 30, totalMs: 60 };
      await start(() => undefined, { streamsAlways }, { timeouts, retry: { maxRetries: 0 } });
      const { error } = await collectAnswer(client, plain);
      expect(error).toMatchObject({ cause: { code } });
      expect(String(error)).toContain(message);
    },
  );

  it.each(['first_token', 'total'])('quotes the frame that was passed over meanwhile: %s', async (phase) => {
    const decode = () => ({ unknown: { error: new LlmFrameError('it is [1]'), isOfAnswer: true } });
    const timeouts = phase === 'total' ? { totalMs: 50 } : { firstTokenMs: 30 };
    await start((_, socket) => sendFrames(socket, [1]), { decode }, { timeouts, retry: { maxRetries: 0 } });
    const frames: unknown[] = [];
    client.observer.on('unknownFrame', (_endpoint, ...frame) => frames.push(frame));
    const { error } = await collectAnswer(client, streamed);
    expect(error).toMatchObject({ cause: { code: `${phase}_timeout` } });
    expect(String(error)).toContain('it sent a frame that was passed over: it is [1]');
    expect(frames).toEqual([['it is [1]', true]]);
  });
});

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
