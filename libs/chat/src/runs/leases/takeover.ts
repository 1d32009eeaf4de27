import { LlmClient } from '#llm';
import { Inject, Injectable } from '@nestjs/common';
import { CHAT_OPTIONS } from '../../options/chat.module-definition.js';
import { ChatObserver } from '../../model/chat-observer.js';
import { chatDefaults, type ChatOptions } from '../../options/chat-options.js';
import { LeaseStore } from '../../store/lease-store.js';
import { attemptsBefore } from '../../model/attempt-numbers.js';
import { maxClaims, type ClaimedRun } from '../../store/claim-runs.js';
import { LiveRuns } from '../generation/live-runs.js';
import { RunArchive } from '../../store/run-archive.js';
import { abandoned } from '../generation/run-outcome.js';
import { isFinal, nextStatus } from '../../model/run-state.js';
import { Runs } from '../generation/runs.service.js';

/**
 * Takes over runs whose lease has expired, because their replica died or handed them over: generates a run again if it may
 * be, and ends it with its stored text otherwise.
 */
@Injectable()
export class Takeover {
  readonly #leaseMs: number;
  #isStopped = false;
  #claiming: Promise<void> | undefined;
  readonly #store: Pick<LeaseStore, 'claim'>;
  readonly #archive: Pick<RunArchive, 'turn'>;
  readonly #runs: Pick<Runs, 'start' | 'end'>;
  readonly #live: LiveRuns;
  readonly #llm: Pick<LlmClient, 'hasCapacity'>;
  readonly #observer: ChatObserver;

  constructor(
    @Inject(LeaseStore) store: Pick<LeaseStore, 'claim'>,
    @Inject(RunArchive) archive: Pick<RunArchive, 'turn'>,
    @Inject(Runs) runs: Pick<Runs, 'start' | 'end'>,
    live: LiveRuns,
    @Inject(LlmClient) llm: Pick<LlmClient, 'hasCapacity'>,
    observer: ChatObserver,
    @Inject(CHAT_OPTIONS) options: Pick<ChatOptions, 'leaseMs'>,
  ) {
    this.#store = store;
    this.#archive = archive;
    this.#runs = runs;
    this.#live = live;
    this.#llm = llm;
    this.#observer = observer;
    this.#leaseMs = options.leaseMs ?? chatDefaults.leaseMs;
  }

  /** From now on no run is claimed: this replica is about to stop. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Resolves when the runs that are being claimed have started or ended. */
  async settled(): Promise<void> {
    await this.#claiming?.catch(() => undefined);
  }

  /** Claims expired runs, unless the queue for the LLM is full here: another replica may have free capacity. */
  claim(): Promise<void> {
    return (this.#claiming = this.#claimAll());
  }

  async #claimAll(): Promise<void> {
    for (;;) {
      if (this.#isStopped || !this.#llm.hasCapacity) return;
      const own = this.#live.all().map(({ id }) => id);
      const claimed = await this.#store.claim(this.#leaseMs, own);
      if (claimed.length > 0) this.#observer.emit('runsClaimed', claimed.length);
      await Promise.all(claimed.map((run) => this.#resume(run)));
      if (claimed.length < maxClaims) return;
    }
  }

  async #resume(claimed: ClaimedRun): Promise<void> {
    const stored = await this.#archive.turn(claimed.owner, claimed.id);
    if (stored === undefined) return;
    // The fencing token of this claim, not that of the row: another replica may have claimed the run since.
    const turn = { ...stored.turn, fence: claimed.fence };
    const { request, generation } = claimed;
    const status = nextStatus(claimed.status, {
      type: 'claimed',
      generation,
      crashes: claimed.crashes,
      isCancelRequested: claimed.is_cancel_requested,
      mayRestart: request.settings.restart !== 'never',
    });
    if (!isFinal(status)) {
      this.#runs.start(claimed.owner, turn, request, generation);
      return;
    }
    // Readers may have received more than was stored. With a new attempt number the text starts over for them.
    const textAttempt = attemptsBefore(generation) + 1;
    await this.#runs.end(turn, abandoned(status, claimed.content ?? ''), textAttempt);
  }
}
