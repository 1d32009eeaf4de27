import { type Program } from '#testing';
import { setTimeout as delay } from 'node:timers/promises';
import { type ReplicaEnding } from '../checker/evidence.js';

/** Three servers that start together need some seconds of CPU; machines that run tests are busy. */
const readyTimeoutMs = 60_000;
const pollMs = 50;
/** From SIGTERM to SIGKILL: longer than any drain time. */
const terminationMs = 30_000;

/** One replica of the server. All of its processes use the same port. */
export class Replica {
  /** How its processes ended. */
  readonly endings: ReplicaEnding[] = [];
  #program: Program | undefined;
  #requested: ReplicaEnding['requested'] = 'no';
  #launches = 0;
  #isServing = false;
  /** How often it was killed or terminated. A start that sees this change leaves the start to the caller that did it. */
  #stops = 0;

  readonly #run: (launch: number) => Program;

  /** @param run starts its n-th process, counted from 1 */
  constructor(
    readonly name: string,
    readonly port: number,
    run: (launch: number) => Program,
  ) {
    this.#run = run;
  }

  /**
   * Starts it and waits until it is ready. If it ends before, because it could not reach the database, it is started again, as a
   * supervisor does. If it is killed or terminated meanwhile, this start ends without an error.
   * @throws Error if it is not ready within 60 s; the reason of the signal
   */
  async start(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + readyTimeoutMs;
    const stops = this.#stops;
    this.#requested = 'no';
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

  /** Sends SIGKILL. Resolves when it has ended. */
  async kill(): Promise<void> {
    this.#stops += 1;
    this.#requested = 'killed';
    await this.#program?.stop('SIGKILL');
  }

  /** Sends SIGTERM, and SIGKILL after 30 s. Resolves when it has ended. */
  async terminate(): Promise<void> {
    this.#stops += 1;
    this.#requested = 'terminated';
    await this.#program?.stop('SIGTERM', terminationMs);
  }

  /** Sends SIGSTOP, like a machine that hangs. */
  freeze(): void {
    this.#program?.signal('SIGSTOP');
  }

  /** Sends SIGCONT. */
  thaw(): void {
    this.#program?.signal('SIGCONT');
  }

  #launch(): void {
    this.#launches += 1;
    this.#isServing = false;
    const program = this.#run(this.#launches);
    this.#program = program;
    void program.ended.then(({ code, signal }) => {
      // A start may fail because there is no database; only later ends count.
      if (this.#isServing || this.#requested !== 'no')
        this.endings.push({ replica: this.name, requested: this.#requested, code, signal });
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
