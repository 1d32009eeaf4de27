import { jest } from '@jest/globals';
import { WorkerClient } from './worker-client';

/** A worker that responds when a test says so. */
class ScriptedWorker extends EventTarget {
  readonly requests: string[] = [];
  isTerminated = false;

  postMessage(request: string): void {
    this.requests.push(request);
  }
  terminate(): void {
    this.isTerminated = true;
  }
  respond(data: string): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
  fail(): void {
    this.dispatchEvent(new Event('error'));
  }
}

describe('WorkerClient', () => {
  let workers: ScriptedWorker[];
  let client: WorkerClient<string, string>;

  beforeEach(() => {
    jest.useFakeTimers();
    workers = [];
    client = new WorkerClient(() => {
      const worker = new ScriptedWorker();
      workers.push(worker);
      return worker as unknown as Worker;
    }, 1_000);
  });
  afterEach(() => void jest.useRealTimers());

  it('sends requests one at a time after the worker is ready', async () => {
    const [first, second] = [client.call('a'), client.call('b')];
    expect(workers[0]!.requests).toEqual([]);
    workers[0]!.respond('ready');
    expect(workers[0]!.requests).toEqual(['a']);
    workers[0]!.respond('A');
    workers[0]!.respond('B');
    expect(await Promise.all([first, second])).toEqual(['A', 'B']);
    expect([workers.length, workers[0]!.requests]).toEqual([1, ['a', 'b']]);
  });

  it('terminates a worker that takes too long, and sends the next request to a new one', async () => {
    const [first, second] = [client.call('a'), client.call('b')];
    workers[0]!.respond('ready');
    jest.advanceTimersByTime(1_000);
    expect(await first).toBeUndefined();
    expect([workers[0]!.isTerminated, workers.length]).toEqual([true, 2]);
    workers[0]!.respond('too late');
    workers[1]!.respond('ready');
    workers[1]!.respond('B');
    expect(await second).toBe('B');
  });

  it('does not count the time to load the worker', async () => {
    const call = client.call('a');
    jest.advanceTimersByTime(10_000);
    workers[0]!.respond('ready');
    jest.advanceTimersByTime(999);
    workers[0]!.respond('A');
    expect(await call).toBe('A');
  });

  it('fails all calls if the worker cannot be loaded, and starts another for the next call', async () => {
    const calls = [client.call('a'), client.call('b')];
    workers[0]!.fail();
    expect(await Promise.all(calls)).toEqual([undefined, undefined]);
    const next = client.call('c');
    workers[1]!.respond('ready');
    workers[1]!.respond('C');
    expect(await next).toBe('C');
  });

  it('fails one call if the worker fails during it', async () => {
    const [first, second] = [client.call('a'), client.call('b')];
    workers[0]!.respond('ready');
    workers[0]!.fail();
    expect(await first).toBeUndefined();
    workers[1]!.respond('ready');
    workers[1]!.respond('B');
    expect(await second).toBe('B');
  });
});
