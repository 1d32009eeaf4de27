import { setTimeout as sleep } from 'node:timers/promises';
import { type ReceivedEvent, readEvents, textOf } from '../harness/event-stream.js';
import { type Stack } from '../harness/stack.js';

/** An answer that takes its time, and a reader who follows it from its first word to its end. */
export class LongAnswer {
  readonly events: ReceivedEvent[] = [];
  readonly ended: Promise<void>;

  private constructor(response: Response) {
    this.ended = this.#read(response);
    // Looked at in the end only.
    this.ended.catch(() => undefined);
  }

  /** @param seconds how long the LLM takes for it */
  /** Before anybody else asks: the LLM takes its time for the next request. */
  static async begin(stack: Stack, seconds: number): Promise<LongAnswer> {
    stack.mock.behaveOnce({ tokens: seconds * 10, tokensPerSecond: 10 });
    const answer = new LongAnswer(await stack.stream('/api/chat', { message: 'Take your time.' }));
    await stack.mock.waitFor(({ requestsReceived }) => requestsReceived > 0);
    await answer.grows();
    return answer;
  }

  /** Resolves when there is more of it than now. @throws Error if there is not, within some seconds */
  async grows(): Promise<void> {
    const { length } = this.text;
    const deadline = performance.now() + 5_000;
    while (this.text.length === length) {
      if (performance.now() > deadline) throw new Error(`no more than ${length} characters`);
      await sleep(20);
    }
  }

  get text(): string {
    return textOf(this.events);
  }

  get last(): ReceivedEvent | undefined {
    return this.events.at(-1);
  }

  async #read(response: Response): Promise<void> {
    for await (const event of readEvents(response)) this.events.push(event);
  }
}
