import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { allEvents, textOf } from '../harness/event-stream.js';
import { type Json, Stack } from '../harness/stack.js';

/** More than the kernel's buffers hold. */
const hugeChars = 16 * 1024 * 1024;
const stallSeconds = 1;

/** Real: the server, its sockets and its clock, PostgreSQL. */
describe('readers of long answers', () => {
  let stack: Stack;
  const sockets: Socket[] = [];
  beforeAll(async () => {
    stack = await Stack.start({ environment: { RESPONSE_STALL_TIMEOUT: String(stallSeconds) } });
  });
  afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));
  afterAll(() => stack.stop());

  interface Turn {
    run: string;
    conversation: string;
    message: string;
    user: string;
  }
  /** A finished turn whose stored answer has been replaced with `text`. */
  const answered = async (text: string): Promise<Turn> => {
    const { body } = await stack.call('POST', '/api/chat', { message: 'hi' });
    const [{ parent_id: user }] = (await stack.rows<{ parent_id: string }>(
      'UPDATE messages SET content = $2 WHERE id = $1 RETURNING parent_id',
      [body.message_id, text],
    )) as [{ parent_id: string }];
    const {
      run_id: run,
      conversation_id: conversation,
      message_id: message,
    } = body as Record<string, string>;
    return { user, run, conversation, message } as Turn;
  };
  /** Sends a request on a connection without reading the response. */
  const ask = async (path: string, headers = ''): Promise<Socket> => {
    const socket = connect(Number(new URL(stack.url).port), '127.0.0.1').pause();
    sockets.push(socket.on('error', () => undefined));
    await once(socket, 'connect');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`);
    return socket;
  };
  /** Number of bytes until the server closes the connection. */
  const rest = async (socket: Socket): Promise<number> => {
    let bytes = 0;
    socket.on('data', (data: Buffer) => (bytes += data.length)).resume();
    await once(socket, 'close');
    return bytes;
  };

  const long = '.𝄞"é\n'.repeat(100_000);

  it('receive the stored text of a finished run from any position', async () => {
    const { run, message } = await answered(long);
    for (const from of [0, 1, 16_385, 300_001, long.length - 1, long.length]) {
      const position = from === 0 ? '' : `?starting_after=1.${from}`;
      const events = await allEvents(await stack.fetch(`/api/runs/${run}/events${position}`));
      const deltas = events.filter(({ event }) => event === 'message.delta');
      expect(deltas.map(({ data }) => data.delta).join('')).toBe(long.slice(from));
      expect(deltas.every(({ data }) => data.delta.length <= 16_384 && data.delta.isWellFormed())).toBe(true);
      const [done, end] = events.slice(-2);
      expect([done!.event, done!.id, done!.data.message.id]).toEqual([
        'message.completed',
        `1.${long.length}.done`,
        message,
      ]);
      expect(done!.data.message.content === long).toBe(true);
      expect([end!.event, end!.id]).toEqual(['run.finished', `1.${long.length}.end`]);
    }
  });

  it('receive it from every other operation as well', async () => {
    const { run, conversation } = await answered(long);
    const key = { 'idempotency-key': 'the same' };
    const again = await stack.call<{ response: string; message_id: string }>(
      'POST',
      '/api/chat',
      { message: 'again' },
      key,
    );
    await stack.sql.query('UPDATE messages SET content = $2 WHERE id = $1', [again.body.message_id, long]);
    expect(textOf(await stack.events('/api/chat', { message: 'again' }, key)) === long).toBe(true);
    expect((await stack.call('POST', '/api/chat', { message: 'again' }, key)).body.response === long).toBe(
      true,
    );

    const response = `/v1/responses/resp_${run.replaceAll('-', '')}`;
    const events = await allEvents(await stack.fetch(`${response}?stream=true`));
    const deltas = events.filter(({ event }) => event === 'response.output_text.delta');
    expect(deltas.map(({ data }) => data.delta).join('') === long).toBe(true);
    const { output } = (
      events.at(-1)!.data as unknown as { response: { output: { content: { text: string }[] }[] } }
    ).response;
    expect(output[0]!.content[0]!.text === long).toBe(true);
    const middle = events[Math.floor(events.length / 2)]!.data as unknown as { sequence_number: number };
    const later = await allEvents(
      await stack.fetch(`${response}?stream=true&starting_after=${middle.sequence_number}`),
    );
    expect(later.map(({ data }) => data)).toEqual(
      events.slice(Math.floor(events.length / 2) + 1).map(({ data }) => data),
    );

    const of = new AbortController();
    const followed = await stack.fetch(
      `/api/conversations/${conversation}/events?starting_after=${run}:1.0`,
      { signal: of.signal },
    );
    let text = '';
    for await (const bytes of followed.body!) {
      text += Buffer.from(bytes as Uint8Array).toString();
      if (text.includes('"run.finished"')) break;
    }
    of.abort();
    expect(text.match(/event: message\.delta/g)!.length).toBeGreaterThan(20);
  });

  const hexOf = (id: string): string => id.replaceAll('-', '');
  it.each<[string, (turn: Turn) => string]>([
    ['the events of a run', ({ run }) => `/api/runs/${run}/events`],
    ['a list', ({ conversation, user }) => `/api/conversations/${conversation}/messages?after=${user}`],
    ['an export', ({ conversation }) => `/api/conversations/${conversation}/export`],
    ['a response', ({ run }) => `/v1/responses/resp_${hexOf(run)}`],
    ['the events of a response', ({ run }) => `/v1/responses/resp_${hexOf(run)}?stream=true`],
    [
      'an item',
      (turn) => `/v1/conversations/conv_${hexOf(turn.conversation)}/items/msg_${hexOf(turn.message)}`,
    ],
  ])(
    'are disconnected when they read nothing of %s',
    async (_, pathOf) => {
      const path = pathOf(await answered('x'.repeat(hugeChars)));
      let bytes = hugeChars;
      // A busy server may respond late, so that the stall has not lasted long enough yet: retry with a longer wait.
      for (let seconds = 4; bytes >= hugeChars && seconds <= 16; seconds *= 2) {
        const socket = await ask(path, 'Connection: close\r\n');
        await delay(seconds * stallSeconds * 1_000);
        bytes = await rest(socket);
      }
      expect(bytes).toBeLessThan(hugeChars);
    },
    90_000,
  );

  it('are not disconnected while they read slowly', async () => {
    const { conversation, user } = await answered('x'.repeat(hugeChars));
    const socket = await ask(`/api/conversations/${conversation}/messages?after=${user}`);
    let bytes = 0;
    for (let count = 0; count < 16; count += 1) {
      await delay(stallSeconds * 250);
      // The kernel notifies the sender only after a large part of its buffer has been read.
      for (let read = 0; read < 7; read += 1) {
        bytes += (socket.read() as Buffer | null)?.length ?? 0;
        await delay(2);
      }
      bytes += (socket.read() as Buffer | null)?.length ?? 0;
    }
    expect(bytes).toBeGreaterThan(0);
    socket.on('data', (data: Buffer) => {
      bytes += data.length;
      if (bytes >= hugeChars) socket.destroy();
    });
    socket.resume();
    await once(socket, 'close');
    expect(bytes).toBeGreaterThanOrEqual(hugeChars);
  }, 60_000);

  it('are not disconnected while no bytes wait: an idle event stream, a connection between two requests', async () => {
    const { body } = await stack.call<Json & { id: string }>('POST', '/api/conversations', {});
    const stream = await ask(`/api/conversations/${body.id}/events`);
    const between = await ask('/health/live');
    await delay(3 * stallSeconds * 1_000);
    between.write('GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
    expect(await rest(between)).toBeGreaterThan(500);
    await stack.call('POST', `/api/conversations/${body.id}/messages`, { content: 'hi' });
    let text = '';
    for await (const data of stream) {
      text += String(data);
      if (text.includes('run.finished')) break;
    }
    expect(text).toContain('run.finished');
  });
});
