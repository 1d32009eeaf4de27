import { Inject, Injectable, StreamableFile } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { StreamSlots } from '#backpressure';
import { isOperator } from '#auth';
import { unavailable } from '#problems';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { chatDefaults, type ChatOptions } from '../options/chat-options.js';
import { type FollowableRun } from '../model/followable-run.js';
import { RunLocator } from '../runs/following/run-locator.js';
import { type ConversationStreamStart } from './conversation-event-source.js';
import { ConversationEvents } from './conversation-events.js';
import { type EventSource, type RunEventCursor } from './event-source.js';
import { RunCursor } from './run-cursor.js';
import { RunSubscription } from './run-subscription.js';
import { SseStream } from './sse-stream.js';
import { type RunPosition } from '../model/run-position.js';

/** Permission to open one event stream as the body of a response, until that response is closed. */
export interface StreamSlot {
  readonly reply: FastifyReply;
}

/** Opens event streams and ends them at shutdown: an open stream would keep the HTTP server from closing. */
@Injectable()
export class EventStreams {
  readonly #open = new Set<SseStream>();
  #closesConnections = false;
  #isClosed = false;
  readonly #conversations: ConversationEvents;
  readonly #runs: RunLocator;
  readonly #slots: StreamSlots;
  readonly #options: ChatOptions;

  constructor(
    conversations: ConversationEvents,
    runs: RunLocator,
    slots: StreamSlots,
    @Inject(CHAT_OPTIONS) options: ChatOptions,
  ) {
    this.#conversations = conversations;
    this.#runs = runs;
    this.#slots = slots;
    this.#options = options;
  }

  /** Time without events after which a stream sends a comment, in ms. */
  get heartbeatMs(): number {
    return this.#options.streamHeartbeatMs ?? chatDefaults.streamHeartbeatMs;
  }

  /**
   * Reserves one of the owner's event streams. Call it before anything is stored, so that a refused request has no
   * effect.
   * @throws OwnerStreamsError, ProcessStreamsError
   */
  admit(owner: string, reply: FastifyReply): StreamSlot {
    const release = this.#slots.take(owner);
    reply.raw.once('close', release);
    if (reply.raw.destroyed) release();
    return { reply };
  }

  /**
   * Sends the events of a run in the format of `/api`. They end if this replica loses the run: the reader then resumes
   * with the id of the last event.
   * @param after the position up to which the reader has received everything
   * @throws Problem 503 `shutting_down` after {@link closeAll}
   */
  openRun(run: FollowableRun, slot: StreamSlot, after?: RunPosition): StreamableFile {
    const cursor = new RunCursor(after, '', isOperator(slot.reply.request));
    return this.open(new RunSubscription(run, cursor), slot);
  }

  /**
   * Sends the events of a stored run in another format. A run that another replica takes over is followed there.
   * @throws Problem 503 `shutting_down` after {@link closeAll}
   */
  followRun(run: FollowableRun, cursor: RunEventCursor, slot: StreamSlot): StreamableFile {
    const {
      owner,
      run: { id },
    } = run.turn;
    return this.open(new RunSubscription(run, cursor, () => this.#runs.find(owner, id)), slot);
  }

  /**
   * Sends the events of all runs of a conversation, until the reader disconnects.
   * @throws Problem 503 `shutting_down` after {@link closeAll}
   */
  openConversation(start: ConversationStreamStart, slot: StreamSlot): StreamableFile {
    return this.open(this.#conversations.open(start, isOperator(slot.reply.request)), slot);
  }

  /**
   * Sends the events of any source as the body of a response, and sets its headers.
   * @throws Problem 503 `shutting_down` after {@link closeAll}
   */
  open(source: EventSource, { reply }: StreamSlot): StreamableFile {
    const stream = new SseStream(source, this.heartbeatMs);
    if (this.#isClosed) {
      stream.destroy();
      throw unavailable('shutting_down', 'This server is about to stop.');
    }
    this.#open.add(stream);
    stream.once('close', () => {
      this.#open.delete(stream);
      // Its headers said `keep-alive`; a server that closes would wait for the connection.
      if (this.#closesConnections) reply.raw.socket?.destroySoon();
    });
    // no-transform and X-Accel-Buffering keep proxies from holding events back.
    void reply.headers({ 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' });
    return new StreamableFile(stream, { type: 'text/event-stream; charset=utf-8' });
  }

  /** From now on the connection of a stream is closed at the end of the stream instead of kept alive. */
  closeConnections(): void {
    this.#closesConnections = true;
  }

  /**
   * Ends every open stream and refuses new ones; readers of runs that have not ended resume on another replica.
   * Resolves when everything written has been read; a reader that takes longer than `chatDefaults.streamCutMs` loses its
   * connection.
   */
  async closeAll(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#open].map((stream) => stream.endWithin(chatDefaults.streamCutMs)));
  }
}
