import { runChanges, type FollowableRun, RunLocator, EventStreams, type StreamSlot } from '#chat';
import { Injectable, type StreamableFile } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { ResponseCursor } from './response-cursor.js';
import { type ResponseParameters } from './response-object.js';
import { type ResponsePosition } from './sequence-number.js';

const heartbeatMs = 15_000;
/** A comment, which readers of server-sent events ignore. Prevents proxies from closing an idle connection. */
const comment = ': still here\n\n';

/** Opens event streams of responses. */
@Injectable()
export class ResponseEvents {
  readonly #runs: RunLocator;
  readonly #streams: EventStreams;

  constructor(runs: RunLocator, streams: EventStreams) {
    this.#runs = runs;
    this.#streams = streams;
  }

  /** See {@link EventStreams.admit}. */
  admit(owner: string, reply: FastifyReply): StreamSlot {
    return this.#streams.admit(owner, reply);
  }

  /**
   * The events of a response as an HTTP body.
   * @param after the last position that the reader has received; undefined: none
   */
  open(
    run: FollowableRun,
    parameters: ResponseParameters,
    slot: StreamSlot,
    after?: ResponsePosition,
  ): StreamableFile {
    return this.#streams.openEvents((reading) => this.#events(run, parameters, after, reading), slot);
  }

  async *#events(
    run: FollowableRun,
    parameters: ResponseParameters,
    after: ResponsePosition | undefined,
    reading: AbortSignal,
  ): AsyncGenerator<string, void> {
    const cursor = new ResponseCursor(parameters, after);
    let followed: FollowableRun | undefined = run;
    while (followed !== undefined) {
      for await (const what of runChanges(followed, heartbeatMs, reading)) {
        if (what === 'heartbeat') yield comment;
        else yield* windows(cursor, followed);
        if (cursor.isOver) return;
      }
      // Another server took the run over: follow it there.
      if (!followed.isLost || reading.aborted) break;
      followed = await this.#runs.find(run.turn.owner, run.turn.run.id);
    }
    if (!cursor.isOver)
      yield cursor.fail('The server is shutting down, or the response was deleted: follow it again.');
  }
}

/** All events that the reader has not received yet, in parts. */
async function* windows(cursor: ResponseCursor, run: FollowableRun): AsyncGenerator<string, void> {
  for (let next = cursor.next(run); next !== ''; next = cursor.next(run)) {
    const events = await next;
    if (events !== '') yield events;
  }
}
