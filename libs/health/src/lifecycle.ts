import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';

/** `draining` is the end: a process that was told to stop never takes work again. */
export type LifecyclePhase = 'starting' | 'ready' | 'draining';

/** Where the process stands between its start and its end; readiness asks it. Nest's hooks move it on. */
@Injectable()
export class Lifecycle implements OnApplicationBootstrap, OnModuleDestroy {
  #phase: LifecyclePhase = 'starting';

  get phase(): LifecyclePhase {
    return this.#phase;
  }

  onApplicationBootstrap(): void {
    if (this.#phase === 'starting') this.#phase = 'ready';
  }

  /** The first hook of a shutdown: whoever sends requests here learns of it before the work under way is waited for. */
  onModuleDestroy(): void {
    this.drain();
  }

  /** Makes readiness answer 503 from now on. */
  drain(): void {
    this.#phase = 'draining';
  }
}
