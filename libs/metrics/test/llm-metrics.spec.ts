import { type LlmClientOptions } from '#llm';
import { MockLlm } from '#mock-llm';
import { samplesOf } from '../../../test/harness/exposition.js';
import { llmOptions, metricsStage, type MetricsApp } from '../../../test/harness/metrics-app.js';

const stage = metricsStage();
let first: MockLlm;
let spare: MockLlm;
let app: MetricsApp;

beforeEach(async () => {
  [first, spare] = await Promise.all([MockLlm.start(), MockLlm.start()]);
});
afterEach(async () => {
  await Promise.all([first.stop(), spare.stop()]);
});

async function start(
  routes: readonly (readonly string[])[],
  more: Partial<LlmClientOptions> = {},
): Promise<void> {
  app = await stage.start(llmOptions(routes, more));
}

const at = ({ url }: MockLlm, more = '', route = 'primary'): string =>
  `{endpoint="${url}"${more},route="${route}"}`;
const attemptAt = ({ port }: MockLlm, more = '', model = 'model-0'): string => {
  const answered = more === '' ? `gen_ai_response_model="${model}",` : '';
  const models = `gen_ai_request_model="${model}",${answered}`;
  return `{${more}gen_ai_operation_name="chat",${models}server_address="127.0.0.1",server_port="${port}"}`;
};

describe('after known traffic', () => {
  it('counts attempts, retries, answers and runs exactly', async () => {
    await start([[first.url], [spare.url]], { fallbackReply: 'Sorry.', breaker: { failures: 9 } });
    expect(await app.chat('answered')).toBe(200);
    first.behaveOnce({ errorCode: 'rate_limited', retryAfter: 0 });
    expect(await app.chat('answered after a retry')).toBe(200);
    first.behaveOnce({ errorCode: 'internal_error' }, 2);
    expect(await app.chat('answered by the fallback')).toBe(200);
    first.behaveOnce({ errorCode: 'internal_error' }, 2);
    spare.behaveOnce({ errorCode: 'internal_error' }, 2);
    expect(await app.chat('answered by the canned reply')).toBe(200);
    first.behaveOnce({ errorCode: 'content_policy_violation' });
    expect(await app.chat('refused')).toBe(422);

    const samples = await app.samples();
    const outcome = (mock: MockLlm, how: string, code?: string): string => {
      const error = code === undefined ? '' : `,error_code="${code}"`;
      return at(mock, `${error},outcome="${how}"`, mock === first ? 'primary' : 'fallback');
    };
    expect(samplesOf(samples, 'parley_llm_attempts_total')).toEqual({
      [outcome(first, 'succeeded')]: 2,
      [outcome(first, 'failed', 'rate_limited')]: 1,
      [outcome(first, 'failed', 'internal_error')]: 4,
      [outcome(first, 'failed', 'content_policy_violation')]: 1,
      [outcome(spare, 'succeeded')]: 1,
      [outcome(spare, 'failed', 'internal_error')]: 2,
    });
    expect(samplesOf(samples, 'parley_llm_retries_total')).toEqual({
      [at(first)]: 3,
      [at(spare, '', 'fallback')]: 3,
    });
    expect(samplesOf(samples, 'parley_answers_total')).toEqual({
      '{route="primary",source="primary"}': 2,
      '{route="fallback",source="fallback"}': 1,
      '{route="fallback_reply",source="fallback"}': 1,
    });
    expect(samplesOf(samples, 'parley_runs_total')).toEqual({
      '{status="completed"}': 4,
      '{status="failed"}': 1,
      '{status="cancelled"}': 0,
      '{status="incomplete"}': 0,
    });
    expect(samplesOf(samples, 'gen_ai_client_operation_duration_seconds_count')).toEqual({
      [attemptAt(first)]: 2,
      [attemptAt(first, 'error_type="rate_limited",')]: 1,
      [attemptAt(first, 'error_type="internal_error",')]: 4,
      [attemptAt(first, 'error_type="content_policy_violation",')]: 1,
      [attemptAt(spare, '', 'model-1')]: 1,
      [attemptAt(spare, 'error_type="internal_error",', 'model-1')]: 2,
    });
    // None of the answers was streamed.
    expect(samplesOf(samples, 'gen_ai_server_time_to_first_token_seconds_count')).toEqual({});
  });

  it('measures durations in seconds', async () => {
    first.behave({ serviceTimeMs: 120 });
    await start([[first.url]]);
    await app.chat('hi', { settings: { stream: true } });
    const samples = await app.samples();
    for (const name of ['gen_ai_client_operation_duration', 'gen_ai_server_time_to_first_token']) {
      const [sum] = Object.values(samplesOf(samples, `${name}_seconds_sum`));
      expect(sum).toBeGreaterThan(0.1);
      expect(sum).toBeLessThan(10);
    }
  });

  it('does not count an incomplete answer', async () => {
    first.behave({ tokens: 5, afterTokens: 2, cut: 'reset' });
    await start([[first.url]]);
    await app.chat('hi', { settings: { stream: true } });
    const samples = await app.samples();
    expect(samplesOf(samples, 'parley_runs_total')).toMatchObject({
      '{status="completed"}': 0,
      '{status="incomplete"}': 1,
    });
    expect(samplesOf(samples, 'parley_answers_total')).toEqual({});
    expect(samplesOf(samples, 'gen_ai_server_time_to_first_token_seconds_count')).toEqual({});
  });
});

describe('admission', () => {
  it('counts rejected requests, starting at 0', async () => {
    first.behave({ silence: true });
    await start([[first.url]], { transport: { maxConnections: 1, maxQueue: 1 } });
    expect((await app.samples()).get('parley_llm_refused_requests_total{code="llm_overloaded"}')).toBe(0);
    const one = app.chat('one');
    await first.waitFor(({ requestsReceived }) => requestsReceived === 1);
    const two = app.chat('two');
    await app.samplesWhen((samples) => samples.get(`parley_llm_queued_requests${at(first)}`) === 1);
    expect(await app.chat('three')).toBe(503);
    expect((await app.samples()).get('parley_llm_refused_requests_total{code="llm_overloaded"}')).toBe(1);
    await first.goDown();
    await Promise.all([one, two]);
  });
});

describe('the gauges', () => {
  it('show requests in flight, queued requests, and connections', async () => {
    first.behave({ silence: true });
    await start([[first.url], [spare.url]], { transport: { maxConnections: 1 } });
    const chatting = [app.chat('one'), app.chat('two'), app.chat('three')];
    const busy = await app.samplesWhen(
      (samples) =>
        samples.get(`parley_llm_queued_requests${at(first)}`) === 2 &&
        samples.get(`parley_llm_in_flight_requests${at(first)}`) === 1,
    );
    expect(samplesOf(busy, 'parley_llm_in_flight_requests')).toEqual({
      [at(first)]: 1,
      [at(spare, '', 'fallback')]: 0,
    });
    expect(samplesOf(busy, 'parley_llm_connections')).toEqual({
      [at(first)]: 1,
      [at(spare, '', 'fallback')]: 0,
    });
    expect(samplesOf(busy, 'parley_llm_connections_opened_total')).toEqual({
      [`{endpoint="${first.url}"}`]: 1,
    });

    await first.goDown();
    expect(await Promise.all(chatting)).toEqual([200, 200, 200]);
    const calm = await app.samples();
    expect(calm.get(`parley_llm_queued_requests${at(first)}`)).toBe(0);
    expect(calm.get(`parley_llm_in_flight_requests${at(first)}`)).toBe(0);
    expect(calm.get(`parley_llm_connections${at(first)}`)).toBe(0);
    expect(calm.get(`parley_llm_connections_closed_total{endpoint="${first.url}"}`)).toBe(1);
  });

  it('show a connection that is being opened', async () => {
    first.behave({ hangHandshake: true });
    await start([[first.url]]);
    const chatting = app.chat('hi');
    await app.samplesWhen((samples) => samples.get(`parley_llm_connecting${at(first)}`) === 1);
    await first.goDown();
    await chatting;
    expect((await app.samples()).get(`parley_llm_connecting${at(first)}`)).toBe(0);
  });

  it('show the estimated time to first token once there is one', async () => {
    first.behave({ serviceTimeMs: 120 });
    await start([[first.url], [spare.url]]);
    const name = 'parley_llm_expected_first_token_seconds';
    expect(samplesOf(await app.samples(), name)).toEqual({});
    await app.chat('hi');
    const { [at(first)]: expected, ...others } = samplesOf(await app.samples(), name);
    expect(others).toEqual({});
    expect(expected).toBeGreaterThan(0.05);
    expect(expected).toBeLessThan(10);
  });

  it('show the remaining budgets', async () => {
    const budget = { ratio: 0, perSecond: 0, floor: 4 };
    await start([[first.url], [spare.url]], { retryBudget: budget, hedging: { isOn: true } });
    first.behaveOnce({ errorCode: 'internal_error' });
    await app.chat('hi');
    const samples = await app.samples();
    expect(samplesOf(samples, 'parley_llm_retry_budget')).toEqual({
      '{route="primary"}': 3,
      '{route="fallback"}': 4,
    });
    expect(samples.get('parley_llm_hedge_budget{}')).toBe(1);
  });

  it('show no hedge budget without hedging', async () => {
    await start([[first.url]]);
    const samples = await app.samples();
    expect(samplesOf(samples, 'parley_llm_retry_budget')).toEqual({ '{route="primary"}': 10 });
    expect(samples.has('parley_llm_hedge_budget{}')).toBe(false);
  });

  it('show the state of each breaker', async () => {
    await start([[first.url], [spare.url]], { breaker: { failures: 1, openMs: 60_000 } });
    const series = (mock: MockLlm, state: string): string =>
      `{endpoint="${mock.url}",route="${mock === first ? 'primary' : 'fallback'}",state="${state}"}`;
    const states = (isOpen: boolean) => ({
      [series(first, 'closed')]: isOpen ? 0 : 1,
      [series(first, 'half_open')]: 0,
      [series(first, 'open')]: isOpen ? 1 : 0,
      [series(spare, 'closed')]: 1,
      [series(spare, 'half_open')]: 0,
      [series(spare, 'open')]: 0,
    });
    expect(samplesOf(await app.samples(), 'parley_llm_breaker_state')).toEqual(states(false));
    first.behave({ errorCode: 'internal_error' });
    await app.chat('hi');
    expect(samplesOf(await app.samples(), 'parley_llm_breaker_state')).toEqual(states(true));
  });
});
