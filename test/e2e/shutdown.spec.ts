import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { usesBuild } from '../harness/build.js';
import { type ReplicaProcess, Replicas } from '../harness/replicas.js';

const clients = 24;

/** Real: server processes that get SIGTERM while clients send requests all the time. */
describe('requests to a server that shuts down', () => {
  let replicas: Replicas;

  usesBuild();
  beforeAll(async () => {
    replicas = await Replicas.start();
  }, 120_000);
  afterAll(() => replicas.stop());

  /** The status, or the error code if there was no answer. */
  const ask = (url: string, method: string, agent: Agent | false): Promise<string> =>
    new Promise((resolve) => {
      const outgoing = request(`${url}/api/conversations`, {
        method,
        agent,
        headers: method === 'POST' ? { 'content-type': 'application/json' } : {},
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      outgoing.on('response', (response) => {
        response.on('close', () => resolve(response.complete ? String(response.statusCode) : 'cut'));
        response.resume();
      });
      outgoing.end(method === 'POST' ? '{}' : undefined);
    });

  /** The outcomes of all requests until the port was closed. */
  const askUntilGone = async ({ url }: ReplicaProcess, agent: Agent | false): Promise<Set<string>> => {
    const outcomes = new Set<string>();
    const client = async (method: string): Promise<void> => {
      for (let outcome = ''; outcome !== 'ECONNREFUSED'; await delay(Math.random() * 3)) {
        outcome = await ask(url, method, agent);
        outcomes.add(outcome);
      }
    };
    await Promise.all(Array.from({ length: clients }, (_, index) => client(index % 2 ? 'POST' : 'GET')));
    return outcomes;
  };

  it.each([1, 2, 3])(
    'are answered if they got a connection (%i)',
    async () => {
      const replica = await replicas.add();
      const asking = askUntilGone(replica, false);
      await delay(300);
      expect(await replica.process.stop('SIGTERM')).toEqual({ code: 0, signal: null });
      expect([...(await asking)].sort()).toEqual(['200', '201', 'ECONNREFUSED']);
    },
    30_000,
  );

  it('are answered on keep-alive connections, which are closed within SHUTDOWN_DELAY', async () => {
    const replica = await replicas.add({ SHUTDOWN_DELAY: '0.3' });
    const agent = new Agent({ keepAlive: true, maxSockets: clients });
    const asking = askUntilGone(replica, agent);
    await delay(300);
    expect(await replica.process.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect([...(await asking)].sort()).toEqual(['200', '201', 'ECONNREFUSED']);
    agent.destroy();
  }, 30_000);

  it('are accepted for SHUTDOWN_DELAY, while readiness is 503', async () => {
    const { url, process } = await replicas.add({ SHUTDOWN_DELAY: '1.5' });
    const stopped = process.stop('SIGTERM');
    while ((await fetch(`${url}/health/ready`)).status !== 503) await delay(10);
    const answer = await fetch(`${url}/api/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'what is 2+3?' }),
    });
    expect(answer.headers.get('connection')).toBe('close');
    expect(await answer.json()).toMatchObject({ response: '2+3 = 5.' });
    expect(await stopped).toEqual({ code: 0, signal: null });
  }, 30_000);
});
