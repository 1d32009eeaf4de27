import { Inject, Injectable, StreamableFile } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { CHAT_OPTIONS } from '../chat.module-definition.js';
import { chatDefaults, type ChatOptions } from '../chat-options.js';
import { type LiveRun } from '../runs/live-run.js';
import { RunEventStream } from './run-event-stream.js';

/** Opens event streams, and knows those that are open: an open one would keep the HTTP server from closing. */
@Injectable()
export class RunStreams {
  readonly #open = new Set<RunEventStream>();

  constructor(@Inject(CHAT_OPTIONS) private readonly options: ChatOptions) {}

  /** The run's events as the body of a response; sets its headers. */
  open(run: LiveRun, reply: FastifyReply): StreamableFile {
    const stream = new RunEventStream(run, this.options.streamHeartbeatMs ?? chatDefaults.streamHeartbeatMs);
    this.#open.add(stream);
    stream.once('close', () => this.#open.delete(stream));
    // no-transform and X-Accel-Buffering keep proxies from holding events back.
    void reply.headers({ 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' });
    return new StreamableFile(stream, { type: 'text/event-stream; charset=utf-8' });
  }

  /**
   * Ends every open stream; those whose run goes on are cut, and their readers resume elsewhere. Resolves when what was
   * written has gone out; a reader that does not take it loses its connection.
   */
  async cutAll(): Promise<void> {
    await Promise.all([...this.#open].map((stream) => stream.cut(chatDefaults.streamCutMs)));
  }
}
