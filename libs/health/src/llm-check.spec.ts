import { jest } from '@jest/globals';
import { type EndpointState, LlmConnectError } from '#llm';
import { LlmCheck } from './llm-check.js';

const state: EndpointState = {
  url: 'ws://llm:8080/chat',
  route: 'primary',
  model: 'default',
  breaker: 'closed',
  lastError: undefined,
  weight: 1,
  expectedMs: undefined,
  connections: 0,
  connecting: 0,
  inFlight: 0,
  reuse: 'settled' as const,
  reuseReason: undefined,
  queued: 0,
};
const limits = { llmTimeoutMs: 2_000, llmCacheMs: 5_000 };

class ManualTime {
  ms = 0;
  readonly deadlines: { ms: number; controller: AbortController }[] = [];
  now = () => this.ms;
  date = () => new Date(this.ms);
  deadline = (ms: number) => {
    const controller = new AbortController();
    this.deadlines.push({ ms, controller });
    return controller.signal;
  };
}

type Check = (signal: AbortSignal) => Promise<void>;
const untilAborted: Check = (signal) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('LlmCheck', () => {
  it.each<[string, Check, string | null]>([
    ['is reachable', () => Promise.resolve(), null],
    [
      'is not reachable',
      () => Promise.reject(new LlmConnectError('ws://llm', new Error('connect ECONNREFUSED ::1:80'))),
      'connect_failed: ws://llm cannot be reached: connect ECONNREFUSED ::1:80',
    ],
    ['rejects the check', () => Promise.reject(new Error('hunter2')), 'check_failed'],
    [
      'throws synchronously',
      () => {
        throw new Error('hunter2');
      },
      'check_failed',
    ],
  ])('reports an endpoint that %s', async (_what, check, lastError) => {
    const report = await new LlmCheck({ endpoints: [{ state, check }] }, limits, new ManualTime()).report();
    expect(report.llm_service.endpoints).toMatchObject([
      { connected: lastError === null, last_error: lastError },
    ]);
    expect(JSON.stringify(report)).not.toContain('hunter2');
  });

  it('checks all endpoints concurrently with one deadline', async () => {
    const time = new ManualTime();
    const silent = jest.fn(untilAborted);
    const endpoints = [silent, jest.fn(() => Promise.resolve()), silent].map((check) => ({ state, check }));
    const reporting = new LlmCheck({ endpoints }, limits, time).report();
    expect(silent).toHaveBeenCalledTimes(2);
    expect(time.deadlines.map(({ ms }) => ms)).toEqual([2_000]);
    time.deadlines[0]?.controller.abort(new DOMException('late', 'TimeoutError'));
    const { endpoints: rows } = (await reporting).llm_service;
    expect(rows.map((row) => row.last_error)).toEqual(['connect_timeout', null, 'connect_timeout']);
  });

  it('reports the state after the check', async () => {
    const endpoint = {
      state,
      check: async () => {
        endpoint.state = { ...state, connections: 1 };
      },
    };
    const { llm_service } = await new LlmCheck({ endpoints: [endpoint] }, limits, new ManualTime()).report();
    expect(llm_service.endpoints[0]?.connections).toBe(1);
  });

  it('caches the result of a check, with its time', async () => {
    const time = new ManualTime();
    const check = jest.fn(() => Promise.resolve());
    const llm = new LlmCheck({ endpoints: [{ state, check }] }, limits, time);
    await Promise.all([llm.report(), llm.report()]);
    time.ms = 4_999;
    expect((await llm.report()).timestamp).toBe('1970-01-01T00:00:00.000Z');
    expect(check).toHaveBeenCalledTimes(1);
    time.ms = 5_000;
    expect((await llm.report()).timestamp).toBe('1970-01-01T00:00:05.000Z');
    expect(check).toHaveBeenCalledTimes(2);
  });
});
