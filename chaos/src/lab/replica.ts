import { type Program } from '#testing';
import { setTimeout as delay } from 'node:timers/promises';
import { type ReplicaEnding } from '../checker/evidence.js';

/** Three servers that start together need some seconds of CPU; machines that run tests are busy. */
const readyTimeoutMs = 60_000;
const pollMs = 50;
/** Beyond the drain time: a replica that has not ended by itself by then never will. */
const terminationMs = 30_000;

/** One replica of the server, on one port for all of its lives. */
export class Replica {
  /** How its processes ended. */
  readonly endings: ReplicaEnding[] = [];
  #program: Program | undefined;
  #wanted: ReplicaEnding['wanted'] = 'no';
  #lives = 0;
  #isServing = false;
  /** How often it was killed or asked to stop: whoever starts it leaves that to the next one if it happens again. */
  #stops = 0;

  readonly #launchLife: (life: number) => Program;

  /** @param launchLife starts its n-th process, from 1 */
  constructor(
    readonly name: string,
    readonly port: number,
    launchLife: (life: number) => Program,
  ) {
    this.#launchLife = launchLife;
  }

  /**
   * Starts it and waits until it is ready. One that ends before, because the database was away for too long, is started
   * again, as a supervisor does. One that is stopped once more before is left to whoever did that.
   * @throws Error when it is not ready in time; the signal's reason
   */
  async start(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + readyTimeoutMs;
    const stops = this.#stops;
    this.#wanted = 'no';
    for (;;) {
      signal.throwIfAborted();
      if (this.#stops !== stops) return;
      if (this.#program === undefined || this.#program.hasEnded) this.#launch();
      if ((await this.#isReady()) && this.#stops === stops) break;
      if (performance.now() > deadline)
        throw new Error(`${this.name} was not ready within ${readyTimeoutMs} ms.`);
      await delay(pollMs, undefined, { signal });
    }
    this.#isServing = true;
  }

  /** SIGKILL. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#stops += 1;
    this.#wanted = 'killed';
    await this.#program?.stop('SIGKILL');
  }

  /** SIGTERM, and SIGKILL if that is not enough. Resolves when it is gone. */
  async terminate(): Promise<void> {
    this.#stops += 1;
    this.#wanted = 'terminated';
    await this.#program?.stop('SIGTERM', terminationMs);
  }

  /** SIGSTOP: as a machine that hangs. */
  freeze(): void {
    this.#program?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#program?.signal('SIGCONT');
  }

  #launch(): void {
    this.#lives += 1;
    this.#isServing = false;
    const program = this.#launchLife(this.#lives);
    this.#program = program;
    void program.ended.then(({ code, signal }) => {
      // The start itself may be given up by a replica that finds no database.
      if (this.#isServing || this.#wanted !== 'no')
        this.endings.push({ replica: this.name, wanted: this.#wanted, code, signal });
    });
  }

  async #isReady(): Promise<boolean> {
    try {
      const response = await fetch(`http://127.0.0.1:${this.port}/health/ready`, {
        signal: AbortSignal.timeout(1_000),
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }
}
