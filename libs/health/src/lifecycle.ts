import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/** The phases of a process in their order; `draining` is final. */
export type LifecyclePhase = 'starting' | 'ready' | 'draining';

/** The lifecycle phase of the process, which decides its readiness. Nest's lifecycle hooks advance it. */
@Injectable()
export class Lifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  #phase: LifecyclePhase = 'starting';

  get phase(): LifecyclePhase {
    return this.#phase;
  }

  onApplicationBootstrap(): void {
    if (this.#phase === 'starting') this.#phase = 'ready';
  }

  /** The first hook of a shutdown, so that load balancers stop sending requests before the process drains. */
  onModuleDestroy(): void {
    this.drain();
  }

  /** Makes readiness respond 503 from now on. */
  drain(): void {
    this.#phase = 'draining';
  }
}
