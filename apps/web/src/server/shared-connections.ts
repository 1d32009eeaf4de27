import { type ConnectionGate, type ConnectionPermit } from '@parley/client';

/** What {@link SharedConnections} needs of the browser, and its times in ms. */
export interface SharedConnectionsOptions {
  /** Undefined on pages that are served over plain HTTP from another machine. */
  locks: Pick<LockManager, 'request' | 'query'> | undefined;
  /** Whether the tab is in the background. */
  isHidden: () => boolean;
  /** How long a stream of a visible tab holds its connection at least. */
  minHoldMs: number;
  /** How often a stream looks whether another one waits for its connection, and a hidden tab for a free connection. */
  checkMs: number;
}

/** Four streams leave two of the six connections that a browser opens to one server for other requests. */
const names = ['parley.stream.1', 'parley.stream.2', 'parley.stream.3', 'parley.stream.4'];

/**
 * Divides a browser's connections between the streams of all its tabs. Each stream holds one of four locks. If all are taken,
 * the tabs take turns: a stream that waits gets the connection of one that has held it for a second, which continues later
 * after the last event that it has read. Tabs in the background give way at once, and wait until a connection is free.
 *
 * Without locks, tabs in the background have no streams.
 */
export class SharedConnections implements ConnectionGate {
  readonly #options: SharedConnectionsOptions;

  constructor(options: SharedConnectionsOptions) {
    this.#options = options;
  }

  readonly acquire = async (signal: AbortSignal): Promise<ConnectionPermit> => {
    for (;;) {
      signal.throwIfAborted();
      const permit = await this.#tryAcquire(signal);
      if (permit !== undefined) return permit;
      await pause(this.#options.checkMs, signal);
    }
  };

  async #tryAcquire(signal: AbortSignal): Promise<ConnectionPermit | undefined> {
    const { locks, isHidden } = this.#options;
    if (locks === undefined)
      return isHidden()
        ? undefined
        : this.#permit(
            () => Promise.resolve(true),
            () => undefined,
          );
    for (const name of names) {
      const permit = await this.#hold(locks, name, { ifAvailable: true });
      if (permit !== undefined) return permit;
    }
    if (isHidden()) return undefined;
    return this.#hold(locks, await leastWanted(locks), { signal });
  }

  #hold(
    locks: Pick<LockManager, 'request' | 'query'>,
    name: string,
    options: LockOptions,
  ): Promise<ConnectionPermit | undefined> {
    return new Promise((resolve, reject) => {
      const held = locks.request(name, options, (lock) => {
        if (lock === null) {
          resolve(undefined);
          return undefined;
        }
        const isWanted = async (): Promise<boolean> => (await waiting(locks)).includes(name);
        return new Promise<void>((release) => resolve(this.#permit(isWanted, release)));
      });
      held.catch(reject);
    });
  }

  /** @param isWanted whether another stream waits for the connection */
  #permit(isWanted: () => Promise<boolean>, release: () => void): ConnectionPermit {
    const { locks, isHidden, minHoldMs, checkMs } = this.#options;
    const revoking = new AbortController();
    const start = performance.now();
    const timer = setInterval(() => {
      const mayGiveWay = isHidden() || (locks !== undefined && performance.now() - start >= minHoldMs);
      if (mayGiveWay) void isWanted().then((wanted) => wanted && revoking.abort());
    }, checkMs);
    return {
      revoked: revoking.signal,
      release: () => {
        clearInterval(timer);
        release();
      },
    };
  }
}

/** The name of each request that waits for a lock. */
async function waiting(locks: Pick<LockManager, 'query'>): Promise<(string | undefined)[]> {
  return ((await locks.query()).pending ?? []).map(({ name }) => name);
}

/** The lock that the fewest streams wait for. */
async function leastWanted(locks: Pick<LockManager, 'query'>): Promise<string> {
  const wanted = await waiting(locks);
  const count = (name: string): number => wanted.filter((other) => other === name).length;
  return names.reduce((best, name) => (count(name) < count(best) ? name : best));
}

/** Waits, at most until the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
