import { EventParser, type ServerSentEvent } from '#testing';
import { tokensIn } from './token-text.js';

/** One answer as its reader saw it. */
export class FollowedAnswer {
  /** The deltas, joined. */
  text = '';
  /** What `message.completed` says is the whole answer. */
  completed: string | undefined;
  /** When each token came, on the clock of `performance.now()`. */
  readonly arrivals: number[] = [];
  /** Deltas: fewer than tokens where several came in one. */
  deltas = 0;
  #isFinished = false;
  #surprise: string | undefined;
  readonly #parser = new EventParser((event) => this.#event(event));

  read(text: string): void {
    this.#parser.push(text);
  }

  /** What is wrong with it; undefined: nothing. `expected` are the answers that nobody has had yet; takes its own out. */
  fault(expected: Set<string>): string | undefined {
    if (this.#surprise !== undefined) return this.#surprise;
    if (!this.#isFinished) return 'it ended without run.finished';
    if (this.text !== this.completed) return 'its deltas, joined, are not its content';
    if (!expected.delete(this.text)) return 'it is not what the LLM answered, or somebody else had it too';
    return undefined;
  }

  #event({ type, data }: ServerSentEvent): void {
    if (type === 'message.delta') {
      const { offset, delta } = JSON.parse(data) as { offset: number; delta: string };
      if (offset !== this.text.length) this.#surprise ??= `a delta is at ${offset}, not ${this.text.length}`;
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
      this.#surprise ??= `it met ${type}: ${data}`;
    }
  }
}
