import { setTimeout as delay } from 'node:timers/promises';
import { type Lab } from '../lab/lab.js';
import { Random } from '../random.js';
import { type Fault, type FaultKind } from './fault.js';
import { misbehaviour } from './misbehaviour.js';

/** How a fault went. */
export interface InjectedFault extends Fault {
  /** Why it harmed nothing: what it was meant for was down already. */
  missed?: string;
}

/** Those whose connections are cut. */
export interface DroppableClients {
  /** Cuts this share of the connections that are open now. */
  drop(share: number): void;
}

/** Ends a share of the replicas' connections, whatever they do. */
const killAny = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE application_name LIKE 'replica%' AND random() < $1::float8`;

/** For 400 ms, ends every connection that is met in the middle of a statement. */
const killBusy = `
  DO $$ BEGIN
    FOR round IN 1..40 LOOP
      PERFORM pg_stat_clear_snapshot();
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name LIKE 'replica%' AND (state LIKE '%in transaction%' OR state = 'active');
      PERFORM pg_sleep(0.01);
    END LOOP;
  END $$`;

/** Carries out a plan: each fault at its time, beside those that last. */
export class Injector {
  readonly done: InjectedFault[] = [];

  readonly #lab: Lab;
  readonly #clients: DroppableClients;
  readonly #signal: AbortSignal;

  constructor(lab: Lab, clients: DroppableClients, signal: AbortSignal) {
    this.#lab = lab;
    this.#clients = clients;
    this.#signal = signal;
  }

  /** Resolves when every fault is over and what it harmed is up again. @throws when something does not come up again */
  async carryOut(plan: readonly Fault[], onFault: (fault: Fault) => void): Promise<void> {
    const began = performance.now();
    const under: Promise<void>[] = [];
    const failures: unknown[] = [];
    for (const fault of plan) {
      await delay(Math.max(0, fault.atMs - (performance.now() - began)), undefined, { signal: this.#signal });
      onFault(fault);
      under.push(this.#inject(fault).catch((error: unknown) => void failures.push(error)));
    }
    await Promise.all(under);
    if (failures.length > 0) throw failures[0];
  }

  /** The LLM servers are polite again, whatever else was planned for them. */
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
      await this.#last(forMs);
      await replica.start(this.#signal);
    },
    replica_freeze: async ({ target, forMs }) => {
      const replica = this.#lab.replicas[target]!;
      replica.freeze();
      await this.#last(forMs).finally(() => replica.thaw());
    },
    postgres_kill: async ({ forMs, dice }) => {
      await this.#lab.postgres.kill(dice < 0.5 ? 'SIGQUIT' : 'SIGKILL');
      await this.#last(forMs);
      await this.#lab.postgres.restart();
    },
    postgres_freeze: async ({ forMs }) => {
      await this.#lab.postgres.freeze();
      await this.#last(forMs).finally(() => this.#lab.postgres.thaw());
    },
    backends_kill: async ({ dice }, record) => {
      try {
        if (dice < 0.5) await this.#lab.postgres.query(killBusy);
        else await this.#lab.postgres.query(killAny, [dice]);
      } catch (error) {
        record.missed = (error as Error).message;
      }
    },
    llm_kill: async ({ target, forMs }) => {
      const mock = this.#lab.mocks[target]!;
      await mock.goDown();
      await this.#last(forMs).finally(() => mock.comeUp());
    },
    llm_drop: async ({ target, dice }) => {
      this.#lab.mocks[target]!.dropConnections({ code: dice < 0.5 ? 'reset' : 1001 });
    },
    llm_misbehave: async ({ target, dice }) => {
      const random = new Random(Math.floor(dice * 2 ** 32));
      this.#lab.mocks[target]!.behaveOnce(misbehaviour(random), random.integer(1, 4));
    },
    clients_drop: async ({ dice }) => {
      this.#clients.drop(0.2 + 0.8 * dice);
    },
  };

  #last(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: this.#signal });
  }
}
