import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Json, type Stack } from '../harness/stack.js';

/** A response with an error. */
export interface Rejection {
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

/** Timeout of a request, and of waiting for the callers. */
const timeoutMs = 60_000;

/**
 * Concurrent callers, each with a separate conversation. They send one message after another, and repeat each with the same
 * `Idempotency-Key` until it is acknowledged.
 */
export class Callers {
  /** All error responses, except 409 `conversation_busy`. */
  readonly rejections: Rejection[] = [];
  /** Contents of the acknowledged messages, by conversation id. */
  readonly acknowledged = new Map<string, string[]>();
  #isStopping = false;
  #conversations: Promise<void>[] = [];
  readonly #stack: Stack;

  private constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Creates the conversations and starts sending. */
  static async start(stack: Stack, count: number): Promise<Callers> {
    const callers = new Callers(stack);
    for (let at = 0; at < count; at += 1) {
      const { body } = await stack.call<{ id: string }>('POST', '/api/conversations', {});
      callers.acknowledged.set(body.id, []);
    }
    callers.#conversations = [...callers.acknowledged.keys()].map((id, at) => callers.#run(id, at % 2 === 0));
    return callers;
  }

  /** Number of acknowledged messages. */
  get count(): number {
    return [...this.acknowledged.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** Resolves when a request has been rejected. */
  async untilRejected(): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.rejections.length === 0) {
      if (performance.now() > deadline) throw new Error('no request was rejected');
      await sleep(20);
    }
  }

  /** Resolves when `count` further messages have been acknowledged. */
  async untilAcknowledged(count: number): Promise<void> {
    const target = this.count + count;
    const deadline = performance.now() + timeoutMs;
    while (this.count < target) {
      if (performance.now() > deadline)
        throw new Error(
          `${this.count} of ${target} acknowledged; ${JSON.stringify(this.rejections.slice(-3))}`,
        );
      await sleep(20);
    }
  }

  /** Starts no further messages; resolves when all started ones are acknowledged. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#conversations);
  }

  /** The stored messages of a conversation, oldest first. */
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

  async #run(id: string, waits: boolean): Promise<void> {
    const acknowledged = this.acknowledged.get(id)!;
    while (!this.#isStopping) {
      const content = `message ${acknowledged.length} of ${id}`;
      const key = randomUUID();
      while (!(await this.#send(id, content, key, waits))) await sleep(100);
      acknowledged.push(content);
      // Without waiting for the answer, an immediate next message would be rejected as busy.
      if (!waits) await sleep(20);
    }
  }

  /** @returns whether the message was acknowledged */
  async #send(id: string, content: string, key: string, waits: boolean): Promise<boolean> {
    const startedAt = performance.now();
    const response = await this.#stack.fetch(`/api/conversations/${id}/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        ...(waits ? {} : { prefer: 'respond-async' }),
      },
      body: JSON.stringify({ content }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = (await response.json()) as Json;
    if (response.ok) return true;
    // Busy: the answer to the previous message is still in progress.
    if (response.status !== 409 || body.code !== 'conversation_busy') {
      this.rejections.push({
        status: response.status,
        type: response.headers.get('content-type') ?? '',
        retryAfter: response.headers.get('retry-after'),
        code: body.code,
        tookMs: performance.now() - startedAt,
      });
    }
    return false;
  }
}
