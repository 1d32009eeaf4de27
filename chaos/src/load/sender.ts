import {
  type Acknowledgement,
  type Reader,
  type Reading,
  type Send,
  type SendTry,
} from '../history/history.js';
import { acknowledgementIn, acknowledgementOf } from './acknowledgement.js';
import { follow, readInto } from './follower.js';
import { type ReplicaConnections } from './replica-connections.js';
import { bodyOf, type CallResult } from './request.js';

/** For the headers of an answer that comes after the LLM's, and for its body. */
const answerTimeoutMs = 25_000;
/** For the headers of any other answer. */
const headersTimeoutMs = 6_000;

/** Codes of answers after which nothing is stored, so that any client may repeat its request. */
const refusals: ReadonlySet<string> = new Set(['shutting_down', 'llm_overloaded']);

type Answered = Extract<CallResult, { outcome: 'answered' }>;

/** Sends one message, and follows its run if the answer is an event stream. */
export class Sender {
  readonly #send: Send;
  readonly #connections: ReplicaConnections;
  readonly #readers: Reader[];
  readonly #onAcknowledged: (acknowledgement: Acknowledgement) => void;

  /** @param onAcknowledged called when the first answer names the turn */
  constructor(
    send: Send,
    connections: ReplicaConnections,
    readers: Reader[],
    onAcknowledged: (acknowledgement: Acknowledgement) => void,
  ) {
    this.#send = send;
    this.#connections = connections;
    this.#readers = readers;
    this.#onAcknowledged = onAcknowledged;
  }

  /**
   * Repeats the request until it gets a final answer. A message that may be stored is repeated only with a key or an id.
   * @param drops as in {@link readInto}
   */
  async send(drops: number[]): Promise<void> {
    const isRepeatable = this.#send.key !== undefined || this.#send.ownId !== undefined;
    while (!this.#connections.isAborted) {
      const at = Date.now();
      const { replica, result } = await this.#connections.call(this.#request());
      const attempt: SendTry = { replica, at, outcome: result.outcome };
      this.#send.tries.push(attempt);
      const isSettled = result.outcome === 'answered' && (await this.#handle(result, attempt, drops));
      if (isSettled) return;
      const wasNotStored = attempt.outcome === 'refused' || refusals.has(attempt.code ?? '');
      if (!wasNotStored && !isRepeatable) return;
      await this.#connections.pause();
    }
  }

  #request(): Parameters<ReplicaConnections['call']>[0] {
    const { conversationId, content, form, key, ownId, parentId, onBusy } = this.#send;
    const headers: Record<string, string> = {};
    if (key !== undefined) headers['idempotency-key'] = key;
    if (form === 'events') headers.accept = 'text/event-stream';
    if (form === 'async') headers.prefer = 'respond-async';
    return {
      method: 'POST',
      path: conversationId === undefined ? '/api/chat' : `/api/conversations/${conversationId}/messages`,
      headers,
      body:
        conversationId === undefined
          ? { message: content }
          : { content, id: ownId, parent_id: parentId, on_busy: onBusy },
      timeoutMs: form === 'json' ? answerTimeoutMs : headersTimeoutMs,
    };
  }

  /** @returns whether the request need not be repeated */
  async #handle(result: Answered, attempt: SendTry, drops: number[]): Promise<boolean> {
    const { status, headers, response } = result;
    attempt.status = status;
    if (headers['content-type']?.startsWith('text/event-stream')) {
      return this.#handleEvents(
        { replica: attempt.replica, after: undefined, status, events: [], end: 'ended' },
        result,
        attempt,
        drops,
      );
    }
    const text = await bodyOf(response, answerTimeoutMs);
    if (text === undefined) {
      attempt.outcome = 'broken';
      return false;
    }
    const body = JSON.parse(text) as { code?: string };
    attempt.code = body.code;
    const acknowledgement = acknowledgementIn(body);
    if (acknowledgement !== undefined) this.#acknowledged(acknowledgement);
    return acknowledgement !== undefined || status < 500;
  }

  async #handleEvents(
    reading: Reading,
    { response }: Answered,
    attempt: SendTry,
    drops: number[],
  ): Promise<boolean> {
    await readInto(reading, response, drops, (event) => {
      if (event.type === 'message.created') this.#acknowledged(acknowledgementOf(event));
    });
    const runId = reading.events[0]?.runId;
    if (runId === undefined) {
      attempt.outcome = 'broken';
      return false;
    }
    const reader: Reader = { client: this.#send.client, runId, readings: [reading] };
    this.#readers.push(reader);
    await follow(reader, this.#connections, drops);
    return true;
  }

  #acknowledged(acknowledgement: Acknowledgement): void {
    const isFirst = this.#send.acknowledgements.length === 0;
    this.#send.acknowledgements.push(acknowledgement);
    if (isFirst) this.#onAcknowledged(acknowledgement);
  }
}
