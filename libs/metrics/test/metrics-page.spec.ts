import { type LlmClientOptions } from '#llm';
import { MockLlm } from '#mock-llm';
import { readExposition, samplesOf, type Samples } from '../../../test/harness/exposition.js';
import {
  apiKey,
  llmKey,
  llmOptions,
  metricsStage,
  operatorKey,
  type MetricsApp,
} from '../../../test/harness/metrics-app.js';

const stage = metricsStage();
let mock: MockLlm;

beforeEach(async () => {
  mock = await MockLlm.start();
});
afterEach(() => mock.stop());

interface StartOptions {
  url?: string;
  isPublic?: boolean;
  llm?: Partial<LlmClientOptions>;
}

function start({ url = mock.url, isPublic, llm }: StartOptions = {}): Promise<MetricsApp> {
  return stage.start(llmOptions([[url]], llm), isPublic === undefined ? undefined : { public: isPublic });
}

describe('GET /metrics', () => {
  it('is in the text format of Prometheus, and never cached', async () => {
    const app = await start();
    await app.chat('hi');
    const response = await app.fetch('/metrics', { headers: { 'x-api-key': operatorKey } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const samples = readExposition(await response.text());
    expect([...samples.keys()]).toEqual(
      expect.arrayContaining(['process_cpu_seconds_total{}', 'nodejs_eventloop_lag_p99_seconds{}']),
    );
    expectConsistentHistograms(samples);
  });

  it('requires an operator key unless it is public', async () => {
    const guarded = await start();
    const open = await start({ isPublic: true });
    const owner = await guarded.fetch('/metrics', { headers: { 'x-api-key': apiKey } });
    expect(owner.status).toBe(403);
    expect(await owner.json()).toMatchObject({ code: 'operator_key_required' });
    for (const key of ['', 'another-key-0123']) {
      const headers = { 'x-api-key': key };
      const refused = await guarded.fetch('/metrics', { headers });
      expect(refused.status).toBe(401);
      expect(await refused.text()).not.toContain('parley_');
      const shown = await open.fetch('/metrics', { headers });
      expect(shown.status).toBe(200);
      expect(await shown.text()).toContain('parley_runs_total');
    }
    expect((await open.fetch('/api/conversations', { headers: { 'x-api-key': '' } })).status).toBe(401);
  });

  it('is independent of another application in the process', async () => {
    const busy = await start();
    const idle = await start();
    await busy.chat('one');
    await busy.chat('two');
    const completed = async (app: MetricsApp) =>
      (await app.samples()).get('parley_runs_total{status="completed"}');
    expect(await completed(busy)).toBe(2);
    expect(await completed(idle)).toBe(0);
    expect(samplesOf(await idle.samples(), 'parley_llm_attempts_total')).toEqual({});
  });

  it('contains no secret of an address or of a server’s response', async () => {
    const secret = new URL(mock.url);
    Object.assign(secret, {
      username: 'llm-user',
      password: 'hunter2hunter2',
      search: '?token=hunter3hunter3',
    });
    const app = await start({ url: secret.href });
    for (const said of [llmKey, 'hunter2hunter2', 'hunter3hunter3']) {
      mock.behave({ errorCode: said, errorMessage: `${said} is wrong` });
      await app.chat('a private message');
    }
    mock.behave({ errorCode: null, errorMessage: null, closeCode: 1011, closeReason: 'hunter2hunter2' });
    await app.chat('a private message');
    const page = await app.page();
    expect(page).toContain(`endpoint="${mock.url}"`);
    expect(page).not.toMatch(/hunter|llm-user|token=|private message|a.key.(for|of)/);
    expect(page).not.toContain(apiKey);
  });

  it('bounds the error codes of servers', async () => {
    const app = await start({ llm: { retry: { maxRetries: 0 } } });
    for (let count = 0; count < 60; count += 1) {
      mock.behave({ errorCode: `made up "${count}" 1\n` });
      await app.chat('hi');
    }
    const attempts = samplesOf(await app.samples(), 'parley_llm_attempts_total');
    expect(Object.keys(attempts)).toHaveLength(51);
    expect(attempts).toMatchObject({
      [`{endpoint="${mock.url}",error_code="made_up_49_1",outcome="failed",route="primary"}`]: 1,
      [`{endpoint="${mock.url}",error_code="other",outcome="failed",route="primary"}`]: 10,
    });
  });
});

describe('HTTP requests', () => {
  it('are counted by method, route and status, never by URL', async () => {
    const app = await start();
    await app.page();
    await app.chat('hi');
    await app.chat('');
    const ids = ['0197f0a0-0000-7000-8000-000000000001', '0197f0a0-0000-7000-8000-000000000002'];
    for (const id of ids) await (await app.fetch(`/api/conversations/${id}?secret=hunter2`)).text();
    for (const path of ['/hunter3', '/hunter4/a']) await (await app.fetch(path)).text();
    const name = 'http_server_request_duration_seconds_count';
    const series = (method: string, status: number, route?: string): string =>
      `{http_request_method="${method}",http_response_status_code="${status}"${route === undefined ? '' : `,http_route="${route}"`}}`;
    const samples = await app.samplesWhen((seen) => (samplesOf(seen, name)[series('GET', 404)] ?? 0) === 2);
    const counts = samplesOf(samples, name);
    expect(counts).toEqual({
      [series('GET', 200, '/metrics')]: expect.any(Number),
      [series('POST', 200, '/api/chat')]: 1,
      [series('POST', 400, '/api/chat')]: 1,
      [series('GET', 404, '/api/conversations/:id')]: 2,
      [series('GET', 404)]: 2,
    });
    expect(await app.page()).not.toMatch(/hunter|0197f0a0/);
  });
});

/** Expects that bucket counts never decrease, and that the last one is the total count. */
function expectConsistentHistograms(samples: Samples): void {
  const counts = [...samples.keys()].filter((series) => series.includes('_seconds_count{'));
  expect(counts.length).toBeGreaterThanOrEqual(2);
  for (const series of counts) {
    const labels = series
      .slice(series.indexOf('{') + 1, -1)
      .split(',')
      .filter(Boolean);
    const bucketName = series.slice(0, series.indexOf('{')).replace(/_count$/, '_bucket');
    const buckets = Object.entries(samplesOf(samples, bucketName))
      .filter(([own]) => labels.every((label) => own.includes(label)))
      .map(([own, value]) => ({ le: /le="([^"]+)"/.exec(own)![1]!, value }))
      .filter(({ le }) => le !== undefined);
    const total = samples.get(series);
    expect(buckets.find(({ le }) => le === '+Inf')?.value).toBe(total);
    const values = buckets.filter(({ le }) => le !== '+Inf').map(({ value }) => value);
    expect(values).toEqual([...values].sort((a, b) => a - b));
  }
}
