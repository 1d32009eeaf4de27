import { Controller, Get, Headers, Param, Query, Res, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Owner } from '#auth';
import { ApiProblems, UuidParam } from '#problems';
import { type FastifyReply } from 'fastify';
import { RunEventsQuery } from './run.dto.js';
import { ApiEventStream } from './api-responses.js';
import { ConversationEvents } from '../streams/conversation-events.js';
import { EventStreams } from '../streams/event-streams.js';

/** `GET /api/conversations/{id}/events`: the events of all runs of a conversation. */
@ApiTags('conversations')
@Controller('api/conversations/:id/events')
export class ConversationEventsController {
  readonly #events: ConversationEvents;
  readonly #streams: EventStreams;

  constructor(events: ConversationEvents, streams: EventStreams) {
    this.#events = events;
    this.#streams = streams;
  }

  @Get()
  @ApiOperation({
    summary: 'Follow all runs of a conversation: the active run, then each run that begins, from any client',
    description:
      'The events are those of a run; the id of each event begins with the id of its run. The stream ends when the conversation is deleted.',
  })
  @ApiEventStream()
  @ApiProblems(404)
  async follow(
    @Owner() owner: string,
    @Param('id', UuidParam) id: string,
    @Query() { starting_after }: RunEventsQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const slot = this.#streams.admit(owner, reply);
    const start =
      lastEventId === undefined
        ? await this.#events.findStart(owner, id, starting_after ?? '', 'starting_after')
        : await this.#events.findStart(owner, id, lastEventId, 'Last-Event-ID');
    return this.#streams.openConversation(start, slot);
  }
}
