import { changesOf, type FollowableRun, RunEvents, RunStreams, type StreamSlot } from '#chat';
import { Injectable, type StreamableFile } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { ResponseCursor } from './response-cursor.js';
import { type ResponseRequest } from './response-object.js';
import { type Place } from './sequence-number.js';

const heartbeatMs = 15_000;
/** Ignored by every reader of server-sent events; keeps proxies from closing a quiet connection. */
const comment = ': still here\n\n';

/** Responses as event streams. */
@Injectable()
export class ResponseEvents {
  readonly #events: RunEvents;
  readonly #streams: RunStreams;

  constructor(events: RunEvents, streams: RunStreams) {
    this.#events = events;
    this.#streams = streams;
  }

  /** See {@link RunStreams.admit}. */
  admit(owner: string, reply: FastifyReply): StreamSlot {
    return this.#streams.admit(owner, reply);
  }

  /** The events as the body of an HTTP response; `after`: the reader has everything up to there. */
  open(run: FollowableRun, request: ResponseRequest, slot: StreamSlot, after?: Place): StreamableFile {
    return this.#streams.openEvents((reading) => this.#tell(run, request, after, reading), slot);
  }

  async *#tell(
    run: FollowableRun,
    request: ResponseRequest,
    after: Place | undefined,
    reading: AbortSignal,
  ): AsyncGenerator<string, void> {
    const cursor = new ResponseCursor(request, after);
    let followed: FollowableRun | undefined = run;
    while (followed !== undefined) {
      for await (const what of changesOf(followed, heartbeatMs, reading)) {
        if (what === 'beat') yield comment;
        else yield* windows(cursor, followed);
        if (cursor.isOver) return;
      }
      // Lost here: it is told on from wherever it went.
      if (!followed.isLost || reading.aborted) break;
      followed = await this.#events.find(run.turn.owner, run.turn.run.id);
    }
    if (!cursor.isOver)
      yield cursor.failed('This server stops, or the response was deleted: follow it again.');
  }
}

/** All events that a run has for a reader now, one window after the other. */
async function* windows(cursor: ResponseCursor, run: FollowableRun): AsyncGenerator<string, void> {
  for (let next = cursor.next(run); next !== ''; next = cursor.next(run)) {
    const events = await next;
    if (events !== '') yield events;
  }
}
