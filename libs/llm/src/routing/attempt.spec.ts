import { FakeClock } from '../testing/fake-clock.js';
import { clientOptions } from '../testing/client-setup.js';
import { streamed } from '../testing/transport-setup.js';
import { Attempt } from './attempt.js';
import { type AttemptLimits } from './attempt-limits.js';
import { Call } from './call.js';
import { LlmClient } from './llm-client.js';

const limits: AttemptLimits = {
  queue: { ms: 1_000, setting: 'LLM_QUEUE_TIMEOUT' },
  firstToken: { ms: 1_000, setting: 'LLM_FIRST_TOKEN_TIMEOUT' },
  idle: { ms: 100, setting: 'LLM_IDLE_TIMEOUT' },
  maxAnswerChars: 1_000,
  emptyAnswer: 'retry',
};

/** Fake: time and the connection. */
describe('the idle limit of an attempt', () => {
  it('starts again with every piece', async () => {
    const clock = new FakeClock();
    const client = new LlmClient(clientOptions([['ws://server/']]), { clock, random: () => 0 });
    const [endpoint] = client.endpoints;
    const task = { number: 1, endpoint: endpoint!, request: streamed, label: undefined, isHedge: false };
    const attempt = new Attempt(task, limits, clock, new Call(60_000, undefined, clock));

    for (let piece = 0; piece < 10; piece += 1) {
      attempt.event({ type: 'delta', text: 'x' });
      expect(await attempt.take()).toHaveLength(1);
      clock.advance(limits.idle.ms - 1);
    }
    clock.advance(1);
    await expect(attempt.take()).rejects.toMatchObject({ code: 'idle_timeout' });
    client.close();
  });
});
