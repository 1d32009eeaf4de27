import { Registry } from 'prom-client';
import { type AttemptRecord } from '#llm';
import { AttemptCounter } from './attempt-counter.js';

let registry: Registry;
let counter: AttemptCounter;

beforeEach(() => {
  registry = new Registry();
  counter = new AttemptCounter(registry, [{ url: 'ws://llm:8080/chat', model: 'configured' }]);
});

function attempt(more: Partial<AttemptRecord>): AttemptRecord {
  return {
    number: 1,
    route: 'primary',
    endpoint: 'ws://llm:8080/chat',
    endpointLabel: 'primary-1',
    outcome: 'succeeded',
    errorCode: null,
    errorMessage: null,
    firstTokenMs: 10,
    durationMs: 20,
    startedAt: new Date(0),
    stream: true,
    isHedge: false,
    model: 'm1',
    responseModel: null,
    usage: null,
    reduced: [],
    label: null,
    ...more,
  };
}

/** The sums of the token histogram, by type. */
async function tokens(): Promise<Record<string, number>> {
  const sums = (await registry.metrics()).matchAll(
    /^gen_ai_client_token_usage_sum{.*token_type="(\w+)"} (\d+)$/gm,
  );
  return Object.fromEntries([...sums].map(([, type, sum]): [string, number] => [type!, Number(sum)]));
}

describe('AttemptCounter', () => {
  it.each([
    [
      { inputTokens: 7, outputTokens: 5, totalTokens: 12 },
      { input: 7, output: 5 },
    ],
    [{ outputTokens: 0 }, { output: 0 }],
    [{ totalTokens: 12 }, { total: 12 }],
    [{ inputTokens: Number.NaN, outputTokens: 5 }, { output: 5 }],
    [{ totalTokens: -1 }, {}],
    [{}, {}],
    [null, {}],
  ])('counts the tokens of %j as %j', async (usage, counted) => {
    counter.count(attempt({ usage }));
    expect(await tokens()).toEqual(counted);
  });

  it('records no time to first token of a failed attempt', async () => {
    counter.count(attempt({ outcome: 'failed', errorCode: 'idle_timeout' }));
    expect(await registry.metrics()).not.toMatch(/^gen_ai_server_time_to_first_token_seconds_count/m);
  });

  it('records no time to first token of an answer that was not streamed, and no retry for a hedge', async () => {
    counter.count(attempt({ stream: false, number: 2, isHedge: true }));
    const page = await registry.metrics();
    expect(page).not.toMatch(/^gen_ai_server_time_to_first_token_seconds_count/m);
    expect(page).not.toMatch(/^parley_llm_retries_total{/m);
  });

  it('adds up attempts that have the same operation labels', async () => {
    for (const route of ['primary', 'fallback']) counter.count(attempt({ route }));
    const page = await registry.metrics();
    expect(page.match(/^gen_ai_client_operation_duration_seconds_count.*$/gm)).toEqual([
      expect.stringMatching(/ 2$/),
    ]);
    expect(page.match(/^parley_llm_attempts_total{.*$/gm)).toEqual([
      expect.stringMatching(/route="primary".* 1$/),
      expect.stringMatching(/route="fallback".* 1$/),
    ]);
  });

  it('has the models as labels, bounded in number', async () => {
    counter.count(attempt({ model: 'requested', responseModel: 'responded' }));
    expect(await registry.metrics()).toContain(
      'gen_ai_client_operation_duration_seconds_count{gen_ai_operation_name="chat",gen_ai_request_model="requested",' +
        'gen_ai_response_model="responded",server_address="llm",server_port="8080"} 1',
    );
    for (let count = 0; count < 500; count += 1) counter.count(attempt({ responseModel: `m${count}` }));
    const page = await registry.metrics();
    expect(new Set(page.match(/gen_ai_response_model="[^"]*"/g)).size).toBeLessThanOrEqual(51);
    expect(page).toContain('gen_ai_response_model="other"');
    counter.count(attempt({ responseModel: 'configured' }));
    counter.count(attempt({ responseModel: 'elsewhere', endpoint: 'ws://another/' }));
    const later = await registry.metrics();
    expect(later).toContain('gen_ai_response_model="configured"');
    expect(later).toContain('gen_ai_response_model="elsewhere"');
  });
});
