import { EventParser, type ServerSentEvent } from '#testing';
import { tokensIn } from './token-text.js';

/** One answer as its reader received it. */
export class FollowedAnswer {
  /** The joined deltas. */
  text = '';
  /** The content in `message.completed`. */
  completed: string | undefined;
  /** The arrival of each token, by `performance.now()`. */
  readonly arrivals: number[] = [];
  /** The number of deltas. A delta may have several tokens. */
  deltas = 0;
  #isFinished = false;
  #unexpected: string | undefined;
  readonly #parser = new EventParser((event) => this.#event(event));

  /** @param text the next part of the event stream */
  read(text: string): void {
    this.#parser.push(text);
  }

  /**
   * Compares it with the answers of the LLM.
   * @param expected the answers that no reader has received yet; this one is removed
   * @returns the first fault; undefined if it has none
   */
  fault(expected: Set<string>): string | undefined {
    if (this.#unexpected !== undefined) return this.#unexpected;
    if (!this.#isFinished) return 'it ended without run.finished';
    if (this.text !== this.completed) return 'its joined deltas differ from its content';
    if (!expected.delete(this.text)) return 'it is no answer of the LLM, or another reader received the same';
    return undefined;
  }

  #event({ type, data }: ServerSentEvent): void {
    if (type === 'message.delta') {
      const { offset, delta } = JSON.parse(data) as { offset: number; delta: string };
      if (offset !== this.text.length)
        this.#unexpected ??= `a delta is at ${offset}, not ${this.text.length}`;
      this.text += delta;
      this.deltas += 1;
      const now = performance.now();
      for (let missing = tokensIn(this.text.length) - this.arrivals.length; missing > 0; missing--) {
        this.arrivals.push(now);
      }
    } else if (type === 'message.completed') {
      this.completed = (JSON.parse(data) as { message: { content: string } }).message.content;
    } else if (type === 'run.finished') {
      this.#isFinished = true;
    } else if (type !== 'run.started' && type !== 'message.created') {
      this.#unexpected ??= `unexpected ${type}: ${data}`;
    }
  }
}
