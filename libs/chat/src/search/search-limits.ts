import { databaseDefaults, OwnerLimitError } from '#database';
import { FairGate, type Owner, type Refusal } from '#fairness';
import { unavailable } from '#problems';
import { chatDefaults, type SearchLimitOptions } from '../options/chat-options.js';

/** The fraction of the pool's connections that all searches together may use. */
const partOfPool = 0.2;
/** The fraction of the queue of searches that one owner may use. */
const waitingShare = 0.2;

/**
 * Limits searches, the most expensive statements that a caller can request: few at a time, fewer per owner, each with a
 * time limit, and a short queue.
 */
export class SearchLimits {
  readonly #gate: FairGate;
  readonly #timeoutMs: number;

  constructor({ timeoutMs, poolSize, ownerShare = 1 }: SearchLimitOptions) {
    this.#timeoutMs = timeoutMs ?? chatDefaults.searchTimeoutMs;
    const isShared = ownerShare < 1;
    this.#gate = new FairGate({
      slots: Math.max(1, Math.floor((poolSize ?? databaseDefaults.poolSize) * partOfPool)),
      // With two slots each owner has one.
      share: isShared ? 0.5 : 1,
      maxWaiting: chatDefaults.maxWaitingSearches,
      waitingShare: isShared ? waitingShare : 1,
      refuse,
    });
  }

  /**
   * Runs a search as soon as a slot is free.
   * @param client aborted when the client disconnects
   * @param search its signal is aborted after the time limit, or when the client disconnects
   * @throws OwnerLimitError; Problem 503 `search_overloaded`, 503 `search_timeout`; the signal's reason
   */
  async run<Result>(
    owner: Owner,
    client: AbortSignal | undefined,
    search: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    await within(chatDefaults.searchQueueMs, tooBusy, client, (signal) => this.#gate.enter(owner, signal));
    try {
      return await within(this.#timeoutMs, tooCostly, client, search);
    } finally {
      this.#gate.leave(owner);
    }
  }
}

/** Runs work with a signal that is aborted together with `client`, or with `lateError` after `ms` milliseconds. */
async function within<Result>(
  ms: number,
  lateError: () => Error,
  client: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(lateError()), ms);
  try {
    return await work(client === undefined ? limit.signal : AbortSignal.any([limit.signal, client]));
  } finally {
    clearTimeout(timer);
  }
}

function refuse(reason: Refusal): Error {
  return reason === 'owner' ? new OwnerLimitError('searches') : tooBusy();
}

const tooBusy = (): Error => unavailable('search_overloaded', 'Too many searches are running or waiting.');

const tooCostly = (): Error =>
  unavailable('search_timeout', 'This search takes too long: use more words, or less frequent ones.');
