import { type WebSocket } from 'ws';
import { type LlmClient } from '#llm';
import { collectAnswer } from '../../libs/llm/src/testing/client-setup.js';
import { type OnFrame, ScriptedServer } from '#testing';
import { streamed } from '../../libs/llm/src/testing/transport-setup.js';
import { exampleClient } from './example-client.js';

let server: ScriptedServer;
let client: LlmClient;

const say = (socket: WebSocket, ...frames: object[]) =>
  frames.forEach((frame) => socket.send(JSON.stringify(frame)));

async function start(file: string, answer: OnFrame, greeting: object[] = []): Promise<void> {
  server = await ScriptedServer.start(answer);
  server.greeting = greeting;
  client = exampleClient(file, server.url, {}, { requestsPerConnection: 4 });
}

afterEach(async () => {
  client.close();
  await server.stop();
});

const ask = { ...streamed, conversationId: 'c1' };
const sent = (method: string) => server.received.filter((frame) => frame.method === method);

describe('openclaw.yaml', () => {
  const challenge = { type: 'event', event: 'connect.challenge', payload: { nonce: 'n1', ts: 1 } };
  const event = (runId: string, payload: object) => ({
    type: 'event',
    event: 'chat',
    payload: { runId, sessionKey: 'parley:c1', ...payload },
  });
  let runs: number;

  /** Simulates the gateway; `answer` sends the frames after an accepted question. */
  const gateway =
    (answer: (runId: string, message: string, socket: WebSocket) => void): OnFrame =>
    ({ id, method, params }, socket) => {
      const { message, runId, auth, nonce } = params as Record<string, string> & { auth: { token: string } };
      const reply = (payload: object) => say(socket, { type: 'res', id, ok: true, payload });
      if (method === 'connect') {
        const isKnown = auth.token === 'sk-secret' && nonce === 'n1';
        if (isKnown) reply({ type: 'hello-ok', protocol: 3 });
        else say(socket, { type: 'res', id, ok: false, error: { code: 'UNAUTHORIZED', message: 'who?' } });
      } else if (method === 'chat.abort') {
        reply({ aborted: true });
        say(socket, event(runId!, { state: 'aborted' }));
      } else {
        runs += 1;
        say(socket, { type: 'event', event: 'tick', payload: {} });
        reply({ runId: `r${runs}`, status: 'started' });
        answer(`r${runs}`, message!, socket);
      }
    };
  beforeEach(() => (runs = 0));

  it('answers the challenge, saves the id of its run, and reads only its events', async () => {
    await start(
      'openclaw.yaml',
      gateway((run, _, socket) =>
        say(
          socket,
          event(run, { seq: 1, state: 'delta', deltaText: 'Hel' }),
          event('other', { seq: 1, state: 'delta', deltaText: 'of another run' }),
          event(run, { seq: 2, state: 'delta', deltaText: 'lo' }),
          event('other', { seq: 2, state: 'final' }),
          event(run, { seq: 3, state: 'final' }),
        ),
      ),
      [challenge],
    );
    expect(await collectAnswer(client, ask)).toMatchObject({
      text: 'Hello',
      deltas: 2,
      completion: { text: 'Hello' },
    });
    expect(await collectAnswer(client, ask)).toMatchObject({ text: 'Hello' });
    expect(server.clients).toHaveLength(1);
    const [question] = sent('chat.send');
    expect(question).toMatchObject({
      params: { sessionKey: 'parley:c1', message: 'hi', idempotencyKey: question!.id },
    });
  });

  it('restarts a text that is replaced', async () => {
    await start(
      'openclaw.yaml',
      gateway((run, _, socket) =>
        say(
          socket,
          event(run, { state: 'delta', deltaText: 'Draft' }),
          event(run, { state: 'delta', deltaText: 'Final', replace: true }),
          event(run, { state: 'delta', deltaText: ' word' }),
          event(run, { state: 'final' }),
        ),
      ),
      [challenge],
    );
    expect(await collectAnswer(client, ask)).toMatchObject({ text: 'Final word', restarts: ['replaced'] });
  });

  it('reads errors of runs and requests', async () => {
    await start(
      'openclaw.yaml',
      gateway((run, _, socket) => say(socket, event(run, { state: 'error', errorMessage: 'no model' }))),
      [challenge],
    );
    expect((await collectAnswer(client, ask)).attempts).toMatchObject([
      { errorCode: 'error', errorMessage: 'no model' },
    ]);
    client.close();
    client = exampleClient(
      'openclaw.yaml',
      server.url,
      {},
      {
        credentials: { apiKey: 'wrong-key', apiVersion: '1', clientId: 'c', variables: {} },
      },
    );
    expect((await collectAnswer(client, ask)).attempts).toMatchObject([
      { errorCode: 'unauthorized', errorMessage: 'who?' },
    ]);
  });

  it('aborts a run, and reuses the connection', async () => {
    await start(
      'openclaw.yaml',
      gateway((run, message, socket) => {
        say(socket, event(run, { state: 'delta', deltaText: message }));
        if (message !== 'hold') say(socket, event(run, { state: 'final' }));
      }),
      [challenge],
    );
    const abort = new AbortController();
    await collectAnswer(client, { ...ask, message: 'hold' }, { signal: abort.signal }, () => abort.abort());
    await server.until(() => sent('chat.abort').length === 1);
    expect(sent('chat.abort')[0]).toMatchObject({ params: { sessionKey: 'parley:c1', runId: 'r1' } });
    expect(await collectAnswer(client, ask)).toMatchObject({ text: 'hi' });
    expect(server.clients).toHaveLength(1);
  });
});

describe('codex-app-server.yaml', () => {
  let threads: number;
  const usage = { last: { inputTokens: 5, outputTokens: 7, totalTokens: 12 }, total: { totalTokens: 99 } };

  /** Simulates the app server; `answer` sends the frames after the start of a turn. */
  const appServer =
    (answer: (threadId: string, text: string, socket: WebSocket) => void): OnFrame =>
    ({ id, method, params }, socket) => {
      const { threadId, input } = (params ?? {}) as { threadId: string; input: { text: string }[] };
      if (method === 'initialize') say(socket, { id, result: { userAgent: 'codex' } });
      else if (method === 'thread/start') {
        threads += 1;
        say(
          socket,
          { method: 'thread/started', params: { thread: { id: `t${threads}` } } },
          { id, result: { thread: { id: `t${threads}` }, model: 'm' } },
        );
      } else if (method === 'turn/start') {
        say(socket, { id, result: { turn: { id: 'turn1', status: 'inProgress' } } });
        answer(threadId, input[0]!.text, socket);
      } else if (method === 'turn/interrupt') {
        say(socket, { id, result: {} });
        say(socket, {
          method: 'turn/completed',
          params: { threadId, turn: { id: 'turn1', status: 'interrupted' } },
        });
      }
    };
  const delta = (threadId: string, text: string) => ({
    method: 'item/agentMessage/delta',
    params: { threadId, turnId: 'turn1', itemId: 'i', delta: text },
  });
  const completed = (threadId: string, turn: object = { status: 'completed' }) => ({
    method: 'turn/completed',
    params: { threadId, turn: { id: 'turn1', ...turn } },
  });
  beforeEach(() => (threads = 0));

  it('starts a thread and a turn for each answer, and reads usage from a separate event', async () => {
    await start(
      'codex-app-server.yaml',
      appServer((thread, _, socket) =>
        say(
          socket,
          { method: 'turn/started', params: { threadId: thread, turn: { id: 'turn1' } } },
          delta(thread, 'Hel'),
          { method: 'item/commandExecution/requestApproval', id: 77, params: { threadId: thread } },
          delta(thread, 'lo'),
          { method: 'thread/tokenUsage/updated', params: { threadId: thread, tokenUsage: usage } },
          completed(thread),
        ),
      ),
    );
    const answers = [await collectAnswer(client, ask), await collectAnswer(client, ask)];
    for (const result of answers) {
      expect(result).toMatchObject({
        text: 'Hello',
        deltas: 2,
        completion: { usage: { inputTokens: 5, outputTokens: 7, totalTokens: 12 } },
      });
    }
    expect(server.clients).toHaveLength(1);
    expect(server.received.map(({ method }) => method)).toEqual([
      'initialize', 'initialized',
      'thread/start', 'turn/start', undefined,
      'thread/start', 'turn/start', undefined,
    ]); // prettier-ignore
    expect(server.received[4]).toEqual({ id: 77, result: { decision: 'decline' } });
    expect(sent('turn/start').map(({ params }) => params)).toMatchObject([
      { threadId: 't1', input: [{ type: 'text', text: 'hi' }] },
      { threadId: 't2' },
    ]);
    expect(server.upgrades[0]!.headers).not.toHaveProperty('origin');
  });

  it('separates the frames of two turns', async () => {
    const turns: [string, string, WebSocket][] = [];
    await start(
      'codex-app-server.yaml',
      appServer((...turn) => {
        turns.push(turn);
        if (turns.length < 2) return;
        for (const [thread, text, socket] of turns) say(socket, delta(thread, `re ${text}`));
        for (const [thread, , socket] of turns) say(socket, completed(thread));
      }),
    );
    const both = [
      collectAnswer(client, { ...ask, message: 'a' }),
      collectAnswer(client, { ...ask, message: 'b' }),
    ];
    expect((await Promise.all(both)).map(({ text }) => text).sort()).toEqual(['re a', 're b']);
  });

  it('reads the errors of a request and of a turn', async () => {
    await start('codex-app-server.yaml', (frame, socket) => {
      if (frame.method === 'initialize') say(socket, { id: frame.id, result: {} });
      else if (frame.method === 'thread/start') {
        say(socket, { id: frame.id, error: { code: -32001, message: 'busy' } });
      }
    });
    expect((await collectAnswer(client, ask)).attempts).toMatchObject([
      { errorCode: 'overloaded', errorMessage: 'busy' },
    ]);
    client.close();
    await server.stop();
    await start(
      'codex-app-server.yaml',
      appServer((thread, _, socket) =>
        say(socket, completed(thread, { status: 'failed', error: { message: 'no credit' } })),
      ),
    );
    expect((await collectAnswer(client, ask)).attempts).toMatchObject([{ errorMessage: 'no credit' }]);
  });

  it('interrupts a turn', async () => {
    await start(
      'codex-app-server.yaml',
      appServer((thread, _, socket) => say(socket, delta(thread, 'a'))),
    );
    const abort = new AbortController();
    await collectAnswer(client, ask, { signal: abort.signal }, () => abort.abort());
    await server.until(() => sent('turn/interrupt').length === 1);
    expect(sent('turn/interrupt')[0]).toMatchObject({ params: { threadId: 't1', turnId: 'turn1' } });
  });
});
