import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from './fault-proxy.js';
import { measure } from './measurements.js';
import { Fleet } from './load.js';

const request = { message: 'hi', stream: true };
const aLongTime = 600_000;
const timeouts = { totalMs: aLongTime, firstTokenMs: aLongTime, idleMs: aLongTime, queueMs: aLongTime };

/** A client whose request stays in one phase. */
interface BusyClient {
  fleet: Fleet;
  /** Whether the request's resources are released. */
  isFree: () => boolean;
  stop: () => Promise<void>;
}

/** Polls a condition; the time limit of the test is its timeout. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(1);
}

async function start(behavior: Parameters<typeof Fleet.start>[1], isFree = noSockets): Promise<BusyClient> {
  const fleet = await Fleet.start(1, behavior, { timeouts, transport: { maxConnections: 1 } });
  return { fleet, isFree: () => isFree(fleet), stop: () => fleet.stop() };
}

const noSockets = ({ mocks, client }: Fleet): boolean =>
  mocks[0]!.connections === 0 && client.state[0]!.connections + client.state[0]!.connecting === 0;

/** The phases of a request: how to keep a request in it, and how to detect that it is there. */
const phases: Record<string, { begin: () => Promise<BusyClient>; isThere: (fleet: Fleet) => boolean }> = {
  'in a backoff': {
    begin: () => start({ errorCode: 'rate_limited', retryAfter: 300 }, ({ client }) => isCalm(client.state)),
    isThere: ({ mocks, client }) =>
      mocks[0]!.requests[0]?.outcome === 'error' && client.state[0]!.inFlight === 0,
  },
  'in the queue': {
    begin: async () => {
      const busy = await start({ silence: true }, ({ client }) => client.state[0]!.queued === 0);
      void busy.fleet.client.complete(request).catch(() => undefined);
      await until(() => busy.fleet.mocks[0]!.requestsReceived === 1);
      return busy;
    },
    isThere: ({ client }) => client.state[0]!.queued === 1,
  },
  'in a connect': {
    begin: async () => {
      const busy = await start({});
      const proxy = await FaultProxy.start(busy.fleet.mocks[0]!.port);
      await proxy.behave({ kind: 'blackhole' });
      busy.fleet.restart([`ws://127.0.0.1:${proxy.port}/chat`]);
      const isFree = (): boolean => proxy.clients === 0 && noSockets(busy.fleet);
      return { ...busy, isFree, stop: async () => void (await Promise.all([busy.stop(), proxy.stop()])) };
    },
    isThere: ({ client }) => client.state[0]!.connecting === 1,
  },
  'before the first token': {
    begin: () => start({ silence: true }),
    isThere: ({ mocks }) => mocks[0]!.requestsReceived === 1,
  },
  'in the stream': {
    begin: () => start({ tokens: 1_000_000, tokensPerSecond: 200 }),
    isThere: ({ mocks }) => mocks[0]!.requestsReceived === 1,
  },
};

const isCalm = (state: Fleet['client']['state']): boolean =>
  state.every(({ inFlight, queued, connecting }) => inFlight + queued + connecting === 0);

describe('an abort', () => {
  it.each(Object.entries(phases))(
    '%s releases all resources immediately',
    async (name, { begin, isThere }) => {
      await measure(async () => {
        const { fleet, isFree, stop } = await begin();
        const caller = new AbortController();
        const asked = fleet.client.complete(request, { signal: caller.signal });
        const outcome = asked.then(
          () => 'answered',
          (error: { code: string }) => error.code,
        );
        await until(() => isThere(fleet));
        const abortedAt = performance.now();
        caller.abort();
        expect(await outcome).toBe('cancelled');
        await until(isFree);
        const freeAfterMs = performance.now() - abortedAt;
        await stop();
        return [{ name: `abort ${name}: ms until all resources are released`, value: freeAfterMs, max: 100 }];
      });
    },
  );
});
