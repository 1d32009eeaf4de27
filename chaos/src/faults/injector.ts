import { setTimeout as delay } from 'node:timers/promises';
import { type Lab } from '../lab/lab.js';
import { Random } from '../random.js';
import { type Fault, type FaultKind } from './fault.js';
import { drawMisbehavior } from './misbehavior.js';

/** A fault that was injected. */
export interface InjectedFault extends Fault {
  /** Why it had no effect: its target was down. */
  missed?: string;
}

/** The clients whose connections `clients_drop` closes. */
export interface DroppableClients {
  /** Closes a share of the open connections, 0 to 1. */
  drop(share: number): void;
}

/** Terminates a random share ($1) of the replicas' connections. */
const terminateAny = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name LIKE 'replica%' AND random() < $1::float8`;

/** For 400 ms, terminates every connection that executes a statement or is in a transaction. */
const terminateBusy = `
  DO $$ BEGIN
    FOR round IN 1..40 LOOP
      PERFORM pg_stat_clear_snapshot();
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name LIKE 'replica%' AND (state LIKE '%in transaction%' OR state = 'active');
      PERFORM pg_sleep(0.01);
    END LOOP;
  END $$`;

/** Injects planned faults, each at its time. */
export class Injector {
  /** The faults so far. */
  readonly done: InjectedFault[] = [];

  readonly #lab: Lab;
  readonly #clients: DroppableClients;
  readonly #signal: AbortSignal;

  constructor(lab: Lab, clients: DroppableClients, signal: AbortSignal) {
    this.#lab = lab;
    this.#clients = clients;
    this.#signal = signal;
  }

  /**
   * Resolves when every fault has ended and its target works again.
   * @param onFault called when a fault starts
   * @throws Error if a target does not work again
   */
  async carryOut(plan: readonly Fault[], onFault: (fault: Fault) => void): Promise<void> {
    const began = performance.now();
    const running: Promise<void>[] = [];
    const failures: unknown[] = [];
    for (const fault of plan) {
      await delay(Math.max(0, fault.atMs - (performance.now() - began)), undefined, { signal: this.#signal });
      onFault(fault);
      running.push(this.#inject(fault).catch((error: unknown) => void failures.push(error)));
    }
    await Promise.all(running);
    if (failures.length > 0) throw failures[0];
  }

  /** Clears what is left of planned misbehavior of the LLM servers. */
  async heal(): Promise<void> {
    await Promise.all(this.#lab.mocks.map((mock) => mock.reset()));
  }

  async #inject(fault: Fault): Promise<void> {
    const record: InjectedFault = { ...fault };
    this.done.push(record);
    await this.#actions[fault.kind](fault, record);
  }

  readonly #actions: Readonly<Record<FaultKind, (fault: Fault, record: InjectedFault) => Promise<void>>> = {
    replica_kill: async ({ target, forMs }) => {
      const replica = this.#lab.replicas[target]!;
      await replica.kill();
      await this.#wait(forMs);
      await replica.start(this.#signal);
    },
    replica_freeze: async ({ target, forMs }) => {
      const replica = this.#lab.replicas[target]!;
      replica.freeze();
      await this.#wait(forMs).finally(() => replica.thaw());
    },
    postgres_kill: async ({ forMs, variation }) => {
      await this.#lab.single.kill(variation < 0.5 ? 'SIGQUIT' : 'SIGKILL');
      await this.#wait(forMs);
      await this.#lab.single.restart();
    },
    postgres_freeze: async ({ forMs }) => {
      await this.#lab.single.freeze();
      await this.#wait(forMs).finally(() => this.#lab.single.thaw());
    },
    backends_kill: async ({ variation }, record) => {
      try {
        if (variation < 0.5) await this.#lab.single.query(terminateBusy);
        else await this.#lab.single.query(terminateAny, [variation]);
      } catch (error) {
        record.missed = (error as Error).message;
      }
    },
    llm_kill: async ({ target, forMs }) => {
      const mock = this.#lab.mocks[target]!;
      await mock.goDown();
      await this.#wait(forMs).finally(() => mock.comeUp());
    },
    llm_drop: async ({ target, variation }) => {
      this.#lab.mocks[target]!.dropConnections({ code: variation < 0.5 ? 'reset' : 1001 });
    },
    llm_misbehave: async ({ target, variation }) => {
      const random = new Random(Math.floor(variation * 2 ** 32));
      this.#lab.mocks[target]!.behaveOnce(drawMisbehavior(random), random.integer(1, 4));
    },
    clients_drop: async ({ variation }) => {
      this.#clients.drop(0.2 + 0.8 * variation);
    },
  };

  #wait(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: this.#signal });
  }
}
