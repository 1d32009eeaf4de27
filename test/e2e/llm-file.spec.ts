import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MockLlm } from '#mock-llm';
import { Stack } from '../harness/stack.js';

/** Uses the application with an LLM file and mock LLM servers. */
describe('with LLM_CONFIG', () => {
  let folder: string;
  let stack: Stack | undefined;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'parley-llm-file-'))));
  afterEach(async () => {
    await stack?.stop();
    stack = undefined;
    rmSync(folder, { recursive: true });
  });

  async function start(mocks: number, file: (urls: readonly string[]) => string): Promise<Stack> {
    const path = join(folder, 'llm.yaml');
    stack = await Stack.start({
      mocks,
      environment: (llms: readonly MockLlm[]) => {
        writeFileSync(path, file(llms.map(({ url }) => url)));
        // LLM_KEY_B is a variable that only the file names.
        return { LLM_WEBSOCKET_URL: '', LLM_CONFIG: path, LLM_KEY_B: 'key-of-b', LLM_API_KEY: 'key-of-all' };
      },
    });
    return stack;
  }

  const ask = (message: string) => stack!.call('POST', '/api/chat', { message });
  const runOf = async (id: unknown) => (await stack!.call('GET', `/api/runs/${id as string}`)).body;

  it('uses the first route by priority, then the next one, then the fallback reply', async () => {
    const { mocks } = await start(
      3,
      ([first, second, backup]) => `
routes:
  - name: main
    balancer: priority
    model: main-model
    endpoints: [${first}, ${second}]
  - name: spare
    model: spare-model
    api_key: \${LLM_KEY_B}
    endpoints:
      - url: ${backup}
fallback_reply: Nobody is there.
retry: { max_retries: 1, base: 0.005 }
`,
    );
    const [first, second, backup] = mocks as [MockLlm, MockLlm, MockLlm];

    for (const message of ['what is 1+1?', 'what is 1+2?', 'what is 1+3?']) {
      expect((await ask(message)).body).toMatchObject({ source: 'primary' });
    }
    expect(mocks.map((mock) => mock.requestsReceived)).toEqual([3, 0, 0]);
    expect(first.requests[0]).toMatchObject({
      frame: { model: 'main-model' },
      headers: { authorization: 'Bearer key-of-all' },
    });

    await first.goDown();
    expect((await ask('what is 2+2?')).body).toMatchObject({ source: 'primary', response: '2+2 = 4.' });
    expect(second.requestsReceived).toBe(1);

    await second.goDown();
    const { body } = await ask('what is 2+3?');
    expect(body).toMatchObject({ source: 'fallback', response: '2+3 = 5.' });
    expect((await runOf(body.run_id)).attempts).toMatchObject([
      { route: 'main', outcome: 'failed' },
      { route: 'main', outcome: 'failed' },
      { route: 'spare', outcome: 'succeeded' },
    ]);
    expect(backup.requests[0]).toMatchObject({
      frame: { model: 'spare-model' },
      headers: { authorization: 'Bearer key-of-b' },
    });

    await backup.goDown();
    expect(await ask('anybody?')).toMatchObject({ status: 200, body: { response: 'Nobody is there.' } });
  });

  it('distributes requests by the weights of endpoints', async () => {
    const { mocks } = await start(
      2,
      ([light, heavy]) => `
routes:
  - name: main
    balancer: round_robin
    endpoints:
      - ${light}
      - { url: '${heavy}', weight: 3 }
`,
    );
    for (let count = 0; count < 8; count += 1) await ask(`what is ${count}+1?`);
    expect(mocks.map((mock) => mock.requestsReceived)).toEqual([2, 6]);
  });
});
