import { MockLlm } from '#mock-llm';
import { clientOptions, collectAnswer } from '../testing/client-setup.js';
import { LlmClient } from './llm-client.js';

/** Real: sockets and time. Mock: LLM servers and their delays. */
describe('hedging', () => {
  let slow: MockLlm;
  let quick: MockLlm;
  let client: LlmClient;
  const request = { message: 'hi', stream: true };

  beforeEach(async () => {
    slow = await MockLlm.start({ behavior: { reply: 'from the slow one' } });
    quick = await MockLlm.start({ behavior: { reply: 'from the quick one' } });
  });
  afterEach(async () => {
    client.close();
    await Promise.all([slow.stop(), quick.stop()]);
  });

  /**
   * Creates a client that always asks the first server first and has measured it as fast. Later delays are hundreds of
   * milliseconds, so that they exceed those of a busy machine.
   */
  const ask = async (hedging: { isOn: boolean; ratio?: number }): Promise<void> => {
    const options = clientOptions([[slow.url, quick.url]], { hedging: { minSamples: 20, ...hedging } });
    client = new LlmClient({
      ...options,
      routes: options.routes.map((route) => ({ ...route, balancer: 'priority' as const })),
    });
    for (let count = 0; count < 20; count += 1) await client.complete(request);
  };

  it('asks a second server when the first is slower than usual, and cancels the slower attempt', async () => {
    await ask({ isOn: true });
    slow.behave({ firstTokenDelayMs: 5_000 });
    const result = await collectAnswer(client, request);
    expect(result).toMatchObject({
      text: 'from the quick one',
      restarts: [],
      completion: { source: 'primary' },
      attempts: [
        { number: 1, outcome: 'cancelled', isHedge: false },
        { number: 2, outcome: 'succeeded', isHedge: true },
      ],
    });
    await slow.waitFor((mock) => mock.requests.at(-1)!.outcome === 'abandoned');
    expect(client.state.map(({ inFlight }) => inFlight)).toEqual([0, 0]);
  });

  it('uses the answer of the first server if it arrives before that of the second', async () => {
    await ask({ isOn: true });
    slow.behave({ firstTokenDelayMs: 400 });
    quick.behave({ firstTokenDelayMs: 5_000 });
    const result = await collectAnswer(client, request);
    expect(result).toMatchObject({ text: 'from the slow one', restarts: [] });
    expect(result.attempts).toMatchObject([
      { number: 2, outcome: 'cancelled', isHedge: true },
      { number: 1, outcome: 'succeeded' },
    ]);
    await quick.waitFor((mock) => mock.requests.at(-1)!.outcome === 'abandoned');
  });

  it('waits for the first server if the second fails, and for the second if the first fails', async () => {
    await ask({ isOn: true, ratio: 1 });
    slow.behave({ firstTokenDelayMs: 400 });
    quick.behave({ errorCode: 'internal_error' });
    expect(await collectAnswer(client, request)).toMatchObject({
      text: 'from the slow one',
      error: undefined,
    });
    slow.behave({ serviceTimeMs: 400, errorCode: 'internal_error' });
    await quick.reset();
    quick.behave({ firstTokenDelayMs: 600 });
    expect(await collectAnswer(client, request)).toMatchObject({
      text: 'from the quick one',
      error: undefined,
    });
  });

  it('considers both errors if both fail', async () => {
    await ask({ isOn: true, ratio: 1 });
    slow.behaveOnce({ serviceTimeMs: 400, errorCode: 'internal_error' });
    quick.behaveOnce({ errorCode: 'unauthorized' });
    const result = await collectAnswer(client, request);
    expect(result).toMatchObject({ text: 'from the slow one', error: undefined });
    expect(result.attempts).toMatchObject([
      { number: 2, errorCode: 'unauthorized', isHedge: true },
      { number: 1, errorCode: 'internal_error' },
      { number: 3, endpoint: slow.url, outcome: 'succeeded' },
    ]);
    expect(quick.requestsReceived).toBe(1);
  });

  it('does not retry if the second server reports an invalid request', async () => {
    await ask({ isOn: true, ratio: 1 });
    const asked = slow.requestsReceived;
    slow.behaveOnce({ serviceTimeMs: 400, errorCode: 'internal_error' });
    quick.behaveOnce({ errorCode: 'invalid_request' });
    expect(await collectAnswer(client, request)).toMatchObject({
      text: '',
      error: { code: 'invalid_request' },
    });
    expect(slow.requestsReceived).toBe(asked + 1);
  });

  it('sends no second request if it is off', async () => {
    await ask({ isOn: false });
    slow.behave({ firstTokenDelayMs: 60 });
    expect(await collectAnswer(client, request)).toMatchObject({ text: 'from the slow one' });
    expect(quick.requestsReceived).toBe(0);
  });

  it('sends no second request for a plain answer, which shows no progress before it is complete', async () => {
    await ask({ isOn: true });
    slow.behave({ firstTokenDelayMs: 60 });
    expect(await client.complete({ ...request, stream: false })).toMatchObject({ text: 'from the slow one' });
    expect(quick.requestsReceived).toBe(0);
  });

  it('sends a second request for a small part of the requests only', async () => {
    await ask({ isOn: true });
    slow.behave({ firstTokenDelayMs: 400 });
    await Promise.all(Array.from({ length: 40 }, () => collectAnswer(client, request)));
    // One is available at the start, and one for every twenty of the sixty requests.
    expect(quick.requestsReceived).toBeGreaterThan(0);
    expect(quick.requestsReceived).toBeLessThanOrEqual(1 + 60 * 0.05);
  });

  it('closes both connections when the caller aborts', async () => {
    await ask({ isOn: true });
    slow.behave({ silence: true });
    quick.behave({ silence: true });
    const leaving = new AbortController();
    const asked = collectAnswer(client, request, { signal: leaving.signal });
    await quick.waitFor((mock) => mock.requestsReceived === 1);
    leaving.abort();
    expect((await asked).error).toMatchObject({ code: 'cancelled' });
    for (const mock of [slow, quick])
      await mock.waitFor(({ requests }) => requests.at(-1)!.outcome === 'abandoned');
  });
});
