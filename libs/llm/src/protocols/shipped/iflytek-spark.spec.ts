import { systemClock, type Clock } from '../../clock.js';
import { LlmClient } from '../../routing/llm-client.js';
import { credentials, collectAnswer } from '../../testing/client-setup.js';
import { fakeSpark, type FakeSparkAnswer, judgeSparkUpgrade, ScriptedServer } from '#testing';
import { plain, streamed } from '../../testing/transport-setup.js';

const secret = 'very-secret';
let server: ScriptedServer;
let client: LlmClient;

/** A fake that does this with each text, and a client of it; `skewMs` is what its clock is wrong by. */
async function start(
  answer: (text: string) => FakeSparkAnswer = () => ({}),
  { api_secret = secret, skewMs = 0 } = {},
): Promise<void> {
  server = await ScriptedServer.start(fakeSpark(answer));
  server.judge = (upgrade) => judgeSparkUpgrade(upgrade, { key: 'sk-secret', secret, now: Date.now() });
  const clock: Clock = { ...systemClock, date: () => new Date(Date.now() + skewMs) };
  const variables = { app_id: 'a1', api_secret };
  client = new LlmClient(
    {
      routes: [
        {
          name: 'r',
          endpoints: [server.url],
          model: 'm',
          protocol: 'iflytek-spark',
          credentials: { ...credentials, variables },
        },
      ],
      retry: { maxRetries: 0 },
    },
    { clock, random: Math.random },
  );
}

afterEach(async () => {
  client.close();
  await server.stop();
});

describe('iflytek-spark', () => {
  it('signs its address, and also reads text in the last frame', async () => {
    await start();
    const history = [{ role: 'assistant' as const, content: 'b' }];
    const result = await collectAnswer(client, { ...streamed, history, maxTokens: 9, temperature: 0.5 });
    expect(result).toMatchObject({
      text: 'Hello',
      completion: { usage: { inputTokens: 5, outputTokens: 7, totalTokens: 12 }, finishReason: 'completed' },
    });
    expect(server.upgrades[0]!.url).toMatch(/^\/v3\.5\/chat\?authorization=/);
    expect(server.upgrades[0]!.headers).not.toHaveProperty('authorization');
    expect(server.received).toEqual([
      {
        header: { app_id: 'a1', uid: 'parley' },
        parameter: { chat: { domain: 'generalv3.5', temperature: 0.5, max_tokens: 9 } },
        payload: {
          message: {
            text: [
              { role: 'assistant', content: 'b' },
              { role: 'user', content: 'hi' },
            ],
          },
        },
      },
    ]);
  });

  it('opens a connection with a new signature for each answer', async () => {
    await start();
    await client.complete(plain);
    await client.complete(plain);
    expect(server.upgrades).toHaveLength(2);
    await server.until(({ openSockets }) => openSockets === 0);
  });

  it.each([
    [{ api_secret: 'another-secret' }, 401],
    [{ skewMs: 301_000 }, 403],
    [{ skewMs: -301_000 }, 403],
  ])('is rejected with a wrong signature: %j', async (wrong, status) => {
    await start(() => ({}), wrong);
    const { attempts } = await collectAnswer(client, streamed);
    expect(attempts).toMatchObject([
      { errorCode: 'unauthorized', errorMessage: expect.stringContaining(`HTTP ${status}`) as string },
    ]);
  });

  it.each([
    [10110, 'overloaded'],
    [10013, 'content_policy_violation'],
    [11200, 'unauthorized'],
    [10907, 'context_length_exceeded'],
    [99999, '99999'],
  ])('reads error %i, although it looks like an end', async (code, expected) => {
    await start(() => ({ error: { code, message: `no: ${secret}` } }));
    const { attempts } = await collectAnswer(client, streamed);
    expect(attempts).toMatchObject([{ errorCode: expected, errorMessage: 'no: [secret]' }]);
  });
});
