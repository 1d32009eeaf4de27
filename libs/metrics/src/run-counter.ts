import { type ChatObserver, type RunView } from '#chat';
import { Counter, type Registry } from 'prom-client';

/** The route label of canned replies. */
export const cannedRoute = 'fallback_reply';

const finalStatuses: readonly RunView['status'][] = ['completed', 'failed', 'cancelled', 'incomplete'];

/** Faults in the handling of runs, independent of their status. */
const faults = ['store_delayed', 'store_failed', 'store_reduced', 'lease_failed', 'defect'] as const;

/** Counts runs by final status, answers by source and route, and faults. */
export class RunCounter {
  readonly #runs;
  readonly #answers;
  readonly #swept;
  readonly #faults;

  readonly #primaryRoute: string | undefined;

  /** @param primaryRoute the first route of the fallback chain */
  constructor(registry: Registry, primaryRoute: string | undefined) {
    this.#primaryRoute = primaryRoute;
    const registers = [registry];
    this.#runs = new Counter({
      name: 'parley_runs_total',
      help: 'Runs that ended in this process, by status.',
      labelNames: ['status'],
      registers,
    });
    this.#answers = new Counter({
      name: 'parley_answers_total',
      help: `Completed answers, by source and route; the route of canned replies is ${cannedRoute}.`,
      labelNames: ['source', 'route'],
      registers,
    });
    this.#swept = new Counter({
      name: 'parley_runs_swept_total',
      help: 'Runs of dead replicas that this one took over.',
      registers,
    });
    this.#faults = new Counter({
      name: 'parley_run_faults_total',
      help: 'Run results that were stored late, reduced or not at all, leases that could not be renewed, and defects.',
      labelNames: ['fault'],
      registers,
    });
    // rate() and increase() would miss the first event of a counter that starts with it.
    for (const status of finalStatuses) this.#runs.inc({ status }, 0);
    for (const fault of faults) this.#faults.inc({ fault }, 0);
  }

  /** Counts the events of an observer. */
  subscribe(chat: ChatObserver): void {
    chat.on('runFinished', (run) => this.#finished(run));
    chat.on('runsClaimed', (count) => this.#swept.inc(count));
    chat.on('storeDelayed', () => this.#faults.inc({ fault: 'store_delayed' }));
    chat.on('storeFailed', () => this.#faults.inc({ fault: 'store_failed' }));
    chat.on('storeReduced', () => this.#faults.inc({ fault: 'store_reduced' }));
    chat.on('leaseFailed', () => this.#faults.inc({ fault: 'lease_failed' }));
    chat.on('defect', () => this.#faults.inc({ fault: 'defect' }));
  }

  /** The answer came from the route of the successful attempt; without one it is the canned reply. */
  #finished({ status, attempts }: RunView): void {
    this.#runs.inc({ status });
    if (status !== 'completed') return;
    const route = attempts.find(({ outcome }) => outcome === 'succeeded')?.route ?? cannedRoute;
    this.#answers.inc({ route, source: route === this.#primaryRoute ? 'primary' : 'fallback' });
  }
}
