import type { ProcessExit } from './launch.js';
import { type RunningServer, Supervisor, supervisorDefaults } from './supervisor.js';

class FakeServer implements RunningServer {
  readonly #ended = Promise.withResolvers<ProcessExit>();
  readonly exited = this.#ended.promise;
  isStopped = false;

  crash(): void {
    this.#ended.resolve({ ok: false, description: 'signal SIGKILL' });
  }

  stop(): Promise<void> {
    this.isStopped = true;
    this.#ended.resolve({ ok: true, description: 'exit code 0' });
    return Promise.resolve();
  }
}

const settle = async () => {
  for (let turns = 0; turns < 10; turns += 1) await new Promise(setImmediate);
};

/** @param fails number of consecutive attempts that fail */
function supervise(fails = 0) {
  const servers = [new FakeServer()];
  const warnings: string[] = [];
  const pauses: number[] = [];
  let now = 0;
  let left = fails;
  const supervisor = new Supervisor(servers[0]!, {
    restart: () => {
      if (left-- > 0) return Promise.reject(new Error('No space left on device'));
      servers.push(new FakeServer());
      return Promise.resolve(servers.at(-1)!);
    },
    warn: (message) => warnings.push(message),
    pause: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
    now: () => now,
  });
  return { supervisor, servers, warnings, pauses, advance: (ms: number) => (now += ms) };
}

describe('Supervisor', () => {
  it('restarts a server after every unexpected exit', async () => {
    const { supervisor, servers, warnings } = supervise();
    servers[0]!.crash();
    await settle();
    servers[1]!.crash();
    await settle();
    expect([servers.length, servers.map(({ isStopped }) => isStopped)]).toEqual([3, [true, true, false]]);
    expect(warnings).toEqual(
      Array.from({ length: 2 }, () => [
        'The embedded PostgreSQL ended (signal SIGKILL); restarting it.',
        'The embedded PostgreSQL runs again.',
      ]).flat(),
    );
    await supervisor.stop();
    expect(servers[2]!.isStopped).toBe(true);
  });

  it('retries with growing, bounded pauses, and logs only some of many failures', async () => {
    const { supervisor, servers, warnings, pauses } = supervise(40);
    servers[0]!.crash();
    await settle();
    while (servers.length < 2) await settle();
    expect(pauses.slice(0, 4)).toEqual([100, 200, 400, 800]);
    expect(Math.max(...pauses)).toBe(supervisorDefaults.maxPauseMs);
    expect(warnings.filter((warning) => warning.includes('failed'))).toHaveLength(6);
    expect(warnings[1]).toBe('Attempt 1 to restart the embedded PostgreSQL failed: No space left on device');
    await supervisor.stop();
  });

  it('resets the pause after a stable run only', async () => {
    const { supervisor, servers, pauses, advance } = supervise();
    servers[0]!.crash();
    await settle();
    servers[1]!.crash();
    await settle();
    advance(supervisorDefaults.stableAfterMs);
    servers[2]!.crash();
    await settle();
    expect(pauses).toEqual([100, 200, 100]);
    await supervisor.stop();
  });

  it('does not restart a stopped server, and can be stopped while it restarts', async () => {
    const stopped = supervise();
    await stopped.supervisor.stop();
    await stopped.supervisor.stop();
    expect([stopped.servers.length, stopped.warnings]).toEqual([1, []]);

    const first = new FakeServer();
    const supervisor = new Supervisor(first, {
      restart: (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      warn: () => undefined,
      pause: () => Promise.resolve(),
    });
    first.crash();
    await settle();
    await expect(supervisor.stop()).resolves.toBeUndefined();
  });
});
