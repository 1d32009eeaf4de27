import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { Stack } from '../harness/stack.js';

const keys = { ann: 'ann-key-0123456789abcdef', bob: 'bob-key-0123456789abcdef' };
/** The number of requests; set by STRAY_QUESTIONS. */
const questions = Number(process.env.STRAY_QUESTIONS ?? 200);

type Say = (afterMs: number, frame: object) => void;

/** Misbehaves randomly per connection and answer: sends a greeting, repeats, fails, sends extra frames, or is late. */
function misbehave(say: Say, message: string, stream: boolean): void {
  const upTo = (ms: number, least = 0) => least + Math.random() * (ms - least);
  const whole = { response: `<${message}>`, done: true };
  const answer = (afterMs: number): void => {
    if (stream) say(afterMs, { chunk: `<${message}>` });
    say(afterMs + 5, whole);
  };
  switch (Math.floor(Math.random() * 5)) {
    case 0:
      answer(20);
      return say(25 + upTo(200), { response: '', done: true });
    case 1:
      say(20, { error: true, error_code: 'overloaded', error_message: 'busy' });
      return say(20 + upTo(300, 1), { response: '', done: true });
    case 2:
      answer(20);
      return say(25 + upTo(200), { chunk: `<${message}>` });
    case 3:
      return answer(upTo(1_040, 1_000));
    default:
      return answer(upTo(100));
  }
}

/** Uses the application with a mock LLM server without request ids. */
describe('a server that sends frames at the wrong time', () => {
  let stack: Stack;
  let server: WebSocketServer;

  beforeAll(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (socket: WebSocket) => {
      const say: Say = (afterMs, frame) => void setTimeout(() => socket.send(JSON.stringify(frame)), afterMs);
      if (Math.random() < 0.5) say(Math.random() * 150, { response: 'Welcome! Ask me anything.' });
      socket.on('error', () => undefined);
      socket.on('message', (data: Buffer) => {
        const { message, settings } = JSON.parse(data.toString()) as {
          message: string;
          settings: { stream: boolean };
        };
        misbehave(say, message, settings.stream);
      });
    });
    stack = await Stack.start({
      environment: {
        LLM_WEBSOCKET_URL: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        LLM_TIMEOUT: '10',
        LLM_FIRST_TOKEN_TIMEOUT: '1',
        LLM_MAX_RETRIES: '2',
        AUTH: 'keys',
        API_KEYS: `ann:${keys.ann},bob:${keys.bob}`,
        OPERATOR_KEYS: `ann:${keys.ann}`,
      },
    });
  });
  afterAll(async () => {
    await stack.stop();
    for (const client of server.clients) client.terminate();
    server.close();
  });

  /** The response of an answer without streaming. */
  const plain = async (message: string, headers: Record<string, string>): Promise<string | undefined> => {
    const { status, body } = await stack.call('POST', '/api/chat', { message }, headers);
    return status === 200 ? String(body.response) : undefined;
  };
  /** All text of a streamed answer, without text that was replaced. */
  const streamed = async (message: string, headers: Record<string, string>): Promise<string | undefined> => {
    const events = await stack.events('/api/chat', { message }, headers);
    const pieces = events.flatMap(({ event, data }) => (event === 'message.delta' ? [data.delta] : []));
    if (!events.some(({ event }) => event === 'message.completed')) return undefined;
    return [...new Set(pieces)].join('');
  };

  it('delivers no answer to another caller, and no empty one', async () => {
    let asked = 0;
    let whole = 0;
    const wrong: string[] = [];
    const askInTurn = async (owner: keyof typeof keys): Promise<void> => {
      while (asked < questions) {
        const message = `${owner}.${(asked += 1)}`;
        const headers = { authorization: `Bearer ${keys[owner]}` };
        const text = asked % 2 === 0 ? await streamed(message, headers) : await plain(message, headers);
        if (text === undefined) continue;
        whole += 1;
        if (text !== `<${message}>`) wrong.push(`${message}: ${text}`);
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, index) => askInTurn(index % 2 === 0 ? 'ann' : 'bob')));
    expect(wrong.filter((said) => /<|: $/.test(said))).toEqual([]);
    expect(whole).toBeGreaterThan(questions / 4);
    const health = await stack.call<{ llm_service: { endpoints: object[] } }>(
      'GET',
      '/api/llm/health',
      undefined,
      { authorization: `Bearer ${keys.ann}` },
    );
    expect(health.body.llm_service.endpoints).toMatchObject([
      { reuse: 'never', reuse_reason: 'it sent a frame while no answer was expected' },
    ]);
  }, 300_000);
});
