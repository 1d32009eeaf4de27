import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Json, type Stack } from '../harness/stack.js';

/** One answer to one request. */
export interface Received {
  status: number;
  type: string;
  retryAfter: string | null;
  code: unknown;
  tookMs: number;
}

interface Message extends Json {
  id: string;
  role: string;
  content: string;
  status: string;
}

/** Longest that a caller waits for one answer. */
const patienceMs = 60_000;

/**
 * People who talk to the server whatever happens to its database: each in a conversation of its own, one message after
 * the other, and each message again with the same key until it is acknowledged.
 */
export class Callers {
  /** Every answer but the good ones. */
  readonly refusals: Received[] = [];
  /** What was acknowledged, by conversation. */
  readonly acknowledged = new Map<string, string[]>();
  #isOver = false;
  #underWay: Promise<void>[] = [];
  readonly #stack: Stack;

  private constructor(stack: Stack) {
    this.#stack = stack;
  }

  static async start(stack: Stack, count: number): Promise<Callers> {
    const callers = new Callers(stack);
    for (let at = 0; at < count; at += 1) {
      const { body } = await stack.call<{ id: string }>('POST', '/api/conversations', {});
      callers.acknowledged.set(body.id, []);
    }
    callers.#underWay = [...callers.acknowledged.keys()].map((id, at) => callers.#talk(id, at % 2 === 0));
    return callers;
  }

  /** Messages acknowledged so far. */
  get count(): number {
    return [...this.acknowledged.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Resolves when somebody has been refused. */
  async refused(): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (this.refusals.length === 0) {
      if (performance.now() > deadline) throw new Error('nobody was refused');
      await sleep(20);
    }
  }

  /** Resolves when so many more messages were acknowledged. */
  async more(count: number): Promise<void> {
    const enough = this.count + count;
    const deadline = performance.now() + patienceMs;
    while (this.count < enough) {
      if (performance.now() > deadline)
        throw new Error(
          `${this.count} of ${enough} acknowledged; ${JSON.stringify(this.refusals.slice(-3))}`,
        );
      await sleep(20);
    }
  }

  /** Nobody begins another message; resolves when every last one is acknowledged. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#underWay);
  }

  /** What the server has of a conversation, oldest first. */
  async stored(id: string): Promise<Message[]> {
    const messages: Message[] = [];
    for (let hasMore = true; hasMore;) {
      const after = messages.at(-1)?.id;
      const path = `/api/conversations/${id}/messages?limit=100${after === undefined ? '' : `&after=${after}`}`;
      const { body } = await this.#stack.call<{ data: Message[]; has_more: boolean }>('GET', path);
      messages.push(...body.data);
      hasMore = body.has_more;
    }
    return messages;
  }

  async #talk(id: string, waits: boolean): Promise<void> {
    const acknowledged = this.acknowledged.get(id)!;
    while (!this.#isOver) {
      const content = `message ${acknowledged.length} of ${id}`;
      const key = randomUUID();
      while (!(await this.#say(id, content, key, waits))) await sleep(100);
      acknowledged.push(content);
      // Whoever does not wait for the answer gives it a moment: nobody can talk in between.
      if (!waits) await sleep(20);
    }
  }

  /** True once it is acknowledged. */
  async #say(id: string, content: string, key: string, waits: boolean): Promise<boolean> {
    const began = performance.now();
    const response = await this.#stack.fetch(`/api/conversations/${id}/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        ...(waits ? {} : { prefer: 'respond-async' }),
      },
      body: JSON.stringify({ content }),
      signal: AbortSignal.timeout(patienceMs),
    });
    const body = (await response.json()) as Json;
    if (response.ok) return true;
    // The answer to the message before is still under way: that is no trouble.
    if (response.status !== 409 || body.code !== 'conversation_busy') {
      this.refusals.push({
        status: response.status,
        type: response.headers.get('content-type') ?? '',
        retryAfter: response.headers.get('retry-after'),
        code: body.code,
        tookMs: performance.now() - began,
      });
    }
    return false;
  }
}
