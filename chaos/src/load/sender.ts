import {
  type Acknowledgement,
  type Reader,
  type Reading,
  type Send,
  type SendTry,
} from '../history/history.js';
import { acknowledgementIn, acknowledgementOf } from './acknowledgement.js';
import { follow, readInto } from './follower.js';
import { type Link } from './link.js';
import { bodyOf, type Reached } from './request.js';

/** How long a client waits for a whole answer, and for the beginning of one. */
const answerPatienceMs = 25_000;
const headPatienceMs = 6_000;

/** Codes after which nothing is stored: whoever meets them may ask again. */
const turnedAway: ReadonlySet<string> = new Set(['shutting_down', 'llm_overloaded']);

type Answered = Extract<Reached, { outcome: 'answered' }>;

/** Says one message, and follows its answer if it comes as events. */
export class Sender {
  readonly #send: Send;
  readonly #link: Link;
  readonly #readers: Reader[];
  readonly #onAcknowledged: (told: Acknowledgement) => void;

  /** @param onAcknowledged told at once when the first answer names the turn */
  constructor(send: Send, link: Link, readers: Reader[], onAcknowledged: (told: Acknowledgement) => void) {
    this.#send = send;
    this.#link = link;
    this.#readers = readers;
    this.#onAcknowledged = onAcknowledged;
  }

  /** Asks until there is an answer that settles it. What may be stored already is sent again only if that is harmless. */
  async say(drops: number[]): Promise<void> {
    const isRepeatable = this.#send.key !== undefined || this.#send.ownId !== undefined;
    while (!this.#link.isOver) {
      const at = Date.now();
      const { replica, reached } = await this.#link.call(this.#request());
      const made: SendTry = { replica, at, outcome: reached.outcome };
      this.#send.tries.push(made);
      const isSettled = reached.outcome === 'answered' && (await this.#take(reached, made, drops));
      if (isSettled) return;
      const isHarmless = made.outcome === 'refused' || turnedAway.has(made.code ?? '');
      if (!isHarmless && !isRepeatable) return;
      await this.#link.pause();
    }
  }

  #request(): Parameters<Link['call']>[0] {
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
      patienceMs: form === 'json' ? answerPatienceMs : headPatienceMs,
    };
  }

  /** True if the answer settles the send, one way or the other. */
  async #take(reached: Answered, made: SendTry, drops: number[]): Promise<boolean> {
    const { status, headers, response } = reached;
    made.status = status;
    if (headers['content-type']?.startsWith('text/event-stream')) {
      return this.#takeEvents(
        { replica: made.replica, after: undefined, status, events: [], end: 'ended' },
        reached,
        made,
        drops,
      );
    }
    const text = await bodyOf(response, answerPatienceMs);
    if (text === undefined) {
      made.outcome = 'broken';
      return false;
    }
    const body = JSON.parse(text) as { code?: string };
    made.code = body.code;
    const told = acknowledgementIn(body);
    if (told !== undefined) this.#acknowledged(told);
    return told !== undefined || status < 500;
  }

  async #takeEvents(
    reading: Reading,
    { response }: Answered,
    made: SendTry,
    drops: number[],
  ): Promise<boolean> {
    await readInto(reading, response, drops, (event) => {
      if (event.type === 'message.created') this.#acknowledged(acknowledgementOf(event));
    });
    const runId = reading.events[0]?.runId;
    if (runId === undefined) {
      made.outcome = 'broken';
      return false;
    }
    const reader: Reader = { client: this.#send.client, runId, readings: [reading] };
    this.#readers.push(reader);
    await follow(reader, this.#link, drops);
    return true;
  }

  #acknowledged(told: Acknowledgement): void {
    const isFirst = this.#send.acknowledgements.length === 0;
    this.#send.acknowledgements.push(told);
    if (isFirst) this.#onAcknowledged(told);
  }
}
