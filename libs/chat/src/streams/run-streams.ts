import { Inject, Injectable, StreamableFile } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { CHAT_OPTIONS } from '../chat.module-definition.js';
import { chatDefaults, type ChatOptions } from '../chat-options.js';
import { type FollowableRun } from '../runs/followable-run.js';
import { RunEventStream } from './run-event-stream.js';
import { type RunPosition } from './run-position.js';

/** Opens event streams, and knows those that are open: an open one would keep the HTTP server from closing. */
@Injectable()
export class RunStreams {
  readonly #open = new Set<RunEventStream>();
  #isClosing = false;

  constructor(@Inject(CHAT_OPTIONS) private readonly options: ChatOptions) {}

  /** The run's events as the body of a response, from a position on; sets its headers. */
  open(run: FollowableRun, reply: FastifyReply, after?: RunPosition): StreamableFile {
    const heartbeatMs = this.options.streamHeartbeatMs ?? chatDefaults.streamHeartbeatMs;
    const stream = new RunEventStream(run, heartbeatMs, after);
    this.#open.add(stream);
    stream.once('close', () => {
      this.#open.delete(stream);
      // Its headers promised to keep the connection; a server that closes would wait for it.
      if (this.#isClosing) reply.raw.socket?.destroySoon();
    });
    // no-transform and X-Accel-Buffering keep proxies from holding events back.
    void reply.headers({ 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' });
    return new StreamableFile(stream, { type: 'text/event-stream; charset=utf-8' });
  }

  /** From now on no stream's connection is kept for another request. */
  closeConnections(): void {
    this.#isClosing = true;
  }

  /**
   * Ends every open stream; those whose run goes on are cut, and their readers resume elsewhere. Resolves when what was
   * written has gone out; a reader that does not take it loses its connection.
   */
  async cutAll(): Promise<void> {
    await Promise.all([...this.#open].map((stream) => stream.cut(chatDefaults.streamCutMs)));
  }
}
