import { type ChatObserver, type RunView } from '#chat';
import { Counter, type Registry } from 'prom-client';

/** The route of an answer that no LLM gave. */
export const cannedRoute = 'fallback_reply';

const endings: readonly RunView['status'][] = ['completed', 'failed', 'cancelled', 'incomplete'];

/** What goes wrong around runs, beside their own end. */
const faults = ['store_delayed', 'store_failed', 'store_reduced', 'lease_failed', 'defect'] as const;

/** Counts runs by how they ended, their answers by where they came from, and what went wrong around them. */
export class RunCounter {
  readonly #runs;
  readonly #answers;
  readonly #swept;
  readonly #faults;

  readonly #primaryRoute: string | undefined;

  /** @param primaryRoute the first of the fallback chain */
  constructor(registry: Registry, primaryRoute: string | undefined) {
    this.#primaryRoute = primaryRoute;
    const registers = [registry];
    this.#runs = new Counter({
      name: 'parley_runs_total',
      help: 'Runs that ended here, by their status.',
      labelNames: ['status'],
      registers,
    });
    this.#answers = new Counter({
      name: 'parley_answers_total',
      help: `Whole answers, by their source and the route they came from; ${cannedRoute} is the canned one.`,
      labelNames: ['source', 'route'],
      registers,
    });
    this.#swept = new Counter({
      name: 'parley_runs_swept_total',
      help: 'Runs of replicas that died, ended by this one.',
      registers,
    });
    this.#faults = new Counter({
      name: 'parley_run_faults_total',
      help: 'Ends of runs that could not be stored yet or at all, leases that could not be renewed, defects.',
      labelNames: ['fault'],
      registers,
    });
    // A counter that appears with its first event hides that event from rate() and increase().
    for (const status of endings) this.#runs.inc({ status }, 0);
    for (const fault of faults) this.#faults.inc({ fault }, 0);
  }

  subscribe(chat: ChatObserver): void {
    chat.on('runFinished', (run) => this.#finished(run));
    chat.on('runsClaimed', (count) => this.#swept.inc(count));
    chat.on('storeDelayed', () => this.#faults.inc({ fault: 'store_delayed' }));
    chat.on('storeFailed', () => this.#faults.inc({ fault: 'store_failed' }));
    chat.on('storeReduced', () => this.#faults.inc({ fault: 'store_reduced' }));
    chat.on('leaseFailed', () => this.#faults.inc({ fault: 'lease_failed' }));
    chat.on('defect', () => this.#faults.inc({ fault: 'defect' }));
  }

  /** The attempt that succeeded gave the answer; a run that completed without one was given the canned reply. */
  #finished({ status, attempts }: RunView): void {
    this.#runs.inc({ status });
    if (status !== 'completed') return;
    const route = attempts.find(({ outcome }) => outcome === 'succeeded')?.route ?? cannedRoute;
    this.#answers.inc({ route, source: route === this.#primaryRoute ? 'primary' : 'fallback' });
  }
}
