import { Database, Notifications } from '#database';
import { LlmClient } from '#llm';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CHAT_OPTIONS } from '../chat.module-definition.js';
import { ChatObserver } from '../chat-observer.js';
import { chatDefaults, type ChatOptions } from '../chat-options.js';
import { attemptsBefore } from './attempt-numbers.js';
import { claimAbandonedRuns, claimsAtOnce, type ClaimedRun } from './claim-runs.js';
import { abandonedChannel } from './hand-over.js';
import { abandoned } from './run-outcome.js';
import { LiveRuns } from './live-runs.js';
import { RunArchive } from './run-archive.js';
import { isFinal, nextStatus } from './run-state.js';
import { Runs } from './runs.service.js';

/**
 * Takes over the runs of replicas that died, or that let go of them to stop: one that may be generated again is, every
 * other one ends with the text that was written down. The database's clock decides who is dead.
 */
@Injectable()
export class Takeover implements OnApplicationBootstrap {
  readonly #leaseMs: number;
  #isStopped = false;

  constructor(
    private readonly database: Database,
    private readonly notifications: Notifications,
    private readonly archive: RunArchive,
    private readonly runs: Runs,
    private readonly live: LiveRuns,
    private readonly llm: LlmClient,
    private readonly observer: ChatObserver,
    @Inject(CHAT_OPTIONS) options: ChatOptions,
  ) {
    this.#leaseMs = options.leaseMs ?? chatDefaults.leaseMs;
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.notifications.listen(abandonedChannel, {
      message: () => this.#claimNow(),
      connected: () => undefined,
    });
  }

  /** From now on nothing is taken over: this replica is about to stop. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Claims what is abandoned, unless the LLM has too much to do here: then another replica may have more room. */
  async claim(): Promise<void> {
    for (;;) {
      if (this.#isStopped || !this.llm.hasRoom) return;
      const claimed = await claimAbandonedRuns(this.database, this.#leaseMs, this.#own());
      await Promise.all(claimed.map((run) => this.#carryOn(run)));
      if (claimed.length > 0) this.observer.emit('runsClaimed', claimed.length);
      if (claimed.length < claimsAtOnce) return;
    }
  }

  #claimNow(): void {
    this.claim().catch((error: Error) => void this.observer.emit('leaseFailed', error));
  }

  #own(): string[] {
    return this.live.all().map(({ id }) => id);
  }

  async #carryOn(claimed: ClaimedRun): Promise<void> {
    const stored = await this.archive.turn(claimed.id);
    if (stored === undefined) return;
    const { crashes, is_unwanted: isUnwanted } = claimed;
    const status = nextStatus(claimed.status, { type: 'claimed', crashes, isUnwanted });
    if (isFinal(status)) {
      // Readers may have seen more of the last attempt than was written down: to them the text starts over.
      const attempt = attemptsBefore(claimed.generation) + 1;
      await this.runs.conclude(stored.turn, abandoned(status, claimed.content ?? ''), attempt);
    } else {
      const run = this.runs.start(stored.turn, claimed.request, claimed.generation);
      if (claimed.is_active) run.admit();
    }
  }
}
