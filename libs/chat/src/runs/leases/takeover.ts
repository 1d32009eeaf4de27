import { SystemDatabase } from '#database';
import { LlmClient } from '#llm';
import { Inject, Injectable } from '@nestjs/common';
import { CHAT_OPTIONS } from '../../options/chat.module-definition.js';
import { ChatObserver } from '../../model/chat-observer.js';
import { chatDefaults, type ChatOptions } from '../../options/chat-options.js';
import { attemptsBefore } from '../../model/attempt-numbers.js';
import { claimAbandonedRuns, maxClaims, type ClaimedRun } from '../../store/claim-runs.js';
import { LiveRuns } from '../generation/live-runs.js';
import { RunArchive } from '../../store/run-archive.js';
import { abandoned } from '../generation/run-outcome.js';
import { isFinal, nextStatus } from '../../model/run-state.js';
import { Runs } from '../generation/runs.service.js';

/**
 * Takes over the runs of replicas that died, or that let go of them to stop: one that may be generated again is, every
 * other one ends with the text that was written down. The database's clock decides who is dead.
 */
@Injectable()
export class Takeover {
  readonly #leaseMs: number;
  #isStopped = false;
  #claiming: Promise<void> | undefined;
  readonly #database: SystemDatabase;
  readonly #archive: RunArchive;
  readonly #runs: Runs;
  readonly #live: LiveRuns;
  readonly #llm: LlmClient;
  readonly #observer: ChatObserver;

  constructor(
    database: SystemDatabase,
    archive: RunArchive,
    runs: Runs,
    live: LiveRuns,
    llm: LlmClient,
    observer: ChatObserver,
    @Inject(CHAT_OPTIONS) options: ChatOptions,
  ) {
    this.#database = database;
    this.#archive = archive;
    this.#runs = runs;
    this.#live = live;
    this.#llm = llm;
    this.#observer = observer;
    this.#leaseMs = options.leaseMs ?? chatDefaults.leaseMs;
  }

  /** From now on nothing is taken over: this replica is about to stop. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Resolves when what is being taken over is under way. */
  async settled(): Promise<void> {
    await this.#claiming?.catch(() => undefined);
  }

  /** Claims what is abandoned, unless the LLM has too much to do here: then another replica may have more room. */
  claim(): Promise<void> {
    return (this.#claiming = this.#claimAll());
  }

  async #claimAll(): Promise<void> {
    for (;;) {
      if (this.#isStopped || !this.#llm.hasCapacity) return;
      const own = this.#live.all().map(({ id }) => id);
      const claimed = await claimAbandonedRuns(this.#database, this.#leaseMs, own);
      if (claimed.length > 0) this.#observer.emit('runsClaimed', claimed.length);
      await Promise.all(claimed.map((run) => this.#resume(run)));
      if (claimed.length < maxClaims) return;
    }
  }

  async #resume(claimed: ClaimedRun): Promise<void> {
    const stored = await this.#archive.turn(claimed.owner, claimed.id);
    if (stored === undefined) return;
    // The fence of the claim, not that of the row: it may have changed hands again since.
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
    // Readers may have seen more than was written down: as the text of another attempt it starts over for them.
    const textAttempt = attemptsBefore(generation) + 1;
    await this.#runs.end(turn, abandoned(status, claimed.content ?? ''), textAttempt);
  }
}
