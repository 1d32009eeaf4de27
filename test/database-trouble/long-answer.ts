import { setTimeout as sleep } from 'node:timers/promises';
import { type ReceivedEvent, readEvents, textOf } from '../harness/event-stream.js';
import { type Stack } from '../harness/stack.js';

/** A slow answer, with a reader that receives its event stream from start to end. */
export class LongAnswer {
  readonly events: ReceivedEvent[] = [];
  readonly ended: Promise<void>;

  private constructor(response: Response) {
    this.ended = this.#read(response);
    // Checked only at the end of a test.
    this.ended.catch(() => undefined);
  }

  /**
   * Starts the answer. Call it before other requests, as the mock LLM's next answer is the slow one.
   * @param seconds how long the answer takes
   */
  static async start(stack: Stack, seconds: number): Promise<LongAnswer> {
    stack.mock.behaveOnce({ tokens: seconds * 10, tokensPerSecond: 10 });
    const answer = new LongAnswer(await stack.stream('/api/chat', { message: 'Take your time.' }));
    await stack.mock.waitFor(({ requestsReceived }) => requestsReceived > 0);
    await answer.untilGrown();
    return answer;
  }

  /** Resolves when further text has arrived. @throws Error after 5 s */
  async untilGrown(): Promise<void> {
    const { length } = this.text;
    const deadline = performance.now() + 5_000;
    while (this.text.length === length) {
      if (performance.now() > deadline) throw new Error(`no more than ${length} characters`);
      await sleep(20);
    }
  }

  /** The text received so far. */
  get text(): string {
    return textOf(this.events);
  }

  /** The latest event. */
  get last(): ReceivedEvent | undefined {
    return this.events.at(-1);
  }

  async #read(response: Response): Promise<void> {
    for await (const event of readEvents(response)) this.events.push(event);
  }
}
