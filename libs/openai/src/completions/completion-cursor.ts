import { pieceChars } from '#backpressure';
import { type RunEventCursor } from '#chat';
import { unavailable } from '#problems';
import { type EphemeralRun } from '../ephemeral/ephemeral-run.js';
import { type CompletionEvents } from './completion-events.js';

/** One reader's position in an ephemeral run, as the chunks of `POST /v1/chat/completions`. */
export class CompletionCursor implements RunEventCursor<EphemeralRun> {
  #hasBegun = false;
  /** UTF-16 code units of the answer that were returned. */
  #offset = 0;
  #isInterrupted = false;
  #isFinished = false;
  readonly #events: CompletionEvents;

  constructor(events: CompletionEvents) {
    this.#events = events;
  }

  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** Ends the chunks with an error. */
  interrupt(): void {
    this.#isInterrupted = true;
  }

  /** See {@link RunEventCursor.next}. */
  next({ answer, outcome }: EphemeralRun): string {
    if (this.#isFinished) return '';
    const head = this.#hasBegun ? '' : this.#events.begin();
    this.#hasBegun = true;
    if (this.#isInterrupted) return head + this.#interruption();
    const text = answer.slice(this.#offset, pieceChars);
    this.#offset += text.length;
    const chunks = text === '' ? head : head + this.#events.delta(text);
    if (outcome === undefined || answer.length > this.#offset) return chunks;
    this.#isFinished = true;
    return (
      chunks +
      ('problem' in outcome ? this.#events.failed(outcome.problem) : this.#events.end(outcome.completion))
    );
  }

  #interruption(): string {
    this.#isFinished = true;
    return this.#events.failed(
      unavailable('server_restart', 'The server is shutting down before the answer is complete.'),
    );
  }
}
