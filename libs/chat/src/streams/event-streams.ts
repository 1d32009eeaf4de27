import { Inject, Injectable, StreamableFile } from '@nestjs/common';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { type FastifyReply } from 'fastify';
import { StreamSlots } from '#backpressure';
import { isOperator } from '#auth';
import { unavailable } from '#problems';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { chatDefaults, type ChatOptions } from '../options/chat-options.js';
import { type FollowableRun } from '../model/followable-run.js';
import { ConversationEvents, type ConversationStreamStart } from './conversation-events.js';
import { RunEventStream, windowBytes } from './run-event-stream.js';
import { type RunPosition } from '../model/run-position.js';

/** Permission to open one event stream as the body of a response, until that response is closed. */
export interface StreamSlot {
  readonly reply: FastifyReply;
}

/** An event stream that is the body of an open response. */
interface OpenStream {
  /** Ends the stream; destroys it if the reader has not read what was written after `timeoutMs`. */
  endWithin(timeoutMs: number): Promise<void>;
}

/** Opens event streams and ends them at shutdown: an open stream would keep the HTTP server from closing. */
@Injectable()
export class EventStreams {
  readonly #open = new Set<OpenStream>();
  #closesConnections = false;
  #isClosed = false;
  readonly #conversations: ConversationEvents;
  readonly #slots: StreamSlots;
  readonly #options: ChatOptions;

  constructor(
    conversations: ConversationEvents,
    slots: StreamSlots,
    @Inject(CHAT_OPTIONS) options: ChatOptions,
  ) {
    this.#conversations = conversations;
    this.#slots = slots;
    this.#options = options;
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
   * Sends the events of a run as the body of a response, and sets its headers.
   * @param after the position up to which the reader has received everything
   * @throws Problem 503 `shutting_down` after {@link closeAll}
   */
  openRun(run: FollowableRun, { reply }: StreamSlot, after?: RunPosition): StreamableFile {
    const heartbeatMs = this.#options.streamHeartbeatMs ?? chatDefaults.streamHeartbeatMs;
    const stream = new RunEventStream(run, heartbeatMs, after, isOperator(reply.request));
    return this.#send(stream, stream, reply);
  }

  /**
   * Sends the events of all runs of a conversation as the body of a response, until the reader disconnects.
   * @throws Problem 503 `shutting_down` after {@link closeAll}
   */
  openConversation(start: ConversationStreamStart, slot: StreamSlot): StreamableFile {
    return this.openEvents(
      (reading) => this.#conversations.stream(start, reading, isOperator(slot.reply.request)),
      slot,
    );
  }

  /**
   * Sends events in any format as the body of a response.
   * @param produce yields the text of the events; its signal is aborted when the reader disconnects or the stream ends
   * @throws Problem 503 `shutting_down` after {@link closeAll}
   */
  openEvents(
    produce: (reading: AbortSignal) => AsyncIterable<string>,
    { reply }: StreamSlot,
  ): StreamableFile {
    const reading = new AbortController();
    const stream = Readable.from(produce(reading.signal), { objectMode: false, highWaterMark: windowBytes });
    reply.raw.once('close', () => reading.abort());
    const endWithin = async (timeoutMs: number): Promise<void> => {
      reading.abort();
      const timer = setTimeout(() => stream.destroy(), timeoutMs);
      if (!stream.closed) await once(stream, 'close');
      clearTimeout(timer);
    };
    return this.#send(stream, { endWithin }, reply);
  }

  #send(stream: Readable, open: OpenStream, reply: FastifyReply): StreamableFile {
    if (this.#isClosed) {
      stream.destroy();
      throw unavailable('shutting_down', 'This server is about to stop.');
    }
    this.#open.add(open);
    stream.once('close', () => {
      this.#open.delete(open);
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
