import {
  Controller,
  Get,
  Headers,
  HttpStatus,
  Param,
  Post,
  Query,
  Res,
  type StreamableFile,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { IsOperator, Owner } from '#auth';
import { ApiProblems, UuidParam } from '#problems';
import { type FastifyReply } from 'fastify';
import { ApiEventStream } from './api-responses.js';
import { EventStreams } from '../streams/event-streams.js';
import { Cancellations } from '../runs/generation/cancellations.js';
import { RunArchive } from '../store/run-archive.js';
import { RunLocator } from '../runs/following/run-locator.js';
import { RunEventsQuery } from './run.dto.js';
import { runFor, RunView } from '../model/run.view.js';

/** `/api/runs/{id}`: reads, follows and cancels a run. */
@ApiTags('runs')
@Controller('api/runs')
export class RunsController {
  readonly #archive: RunArchive;
  readonly #runs: RunLocator;
  readonly #cancellations: Cancellations;
  readonly #streams: EventStreams;

  constructor(archive: RunArchive, runs: RunLocator, cancellations: Cancellations, streams: EventStreams) {
    this.#archive = archive;
    this.#runs = runs;
    this.#cancellations = cancellations;
    this.#streams = streams;
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a run with its attempts' })
  @ApiOkResponse({ type: RunView })
  @ApiProblems(404)
  async read(
    @Owner() owner: string,
    @IsOperator() isOperator: boolean,
    @Param('id', UuidParam) id: string,
  ): Promise<RunView> {
    return runFor(await this.#archive.read(owner, id), isOperator);
  }

  @Get(':id/events')
  @ApiOperation({
    summary: 'Follow a run from its beginning, or from after an event: earlier events, then live ones',
    description: '204 if the run has ended and the event was its last one',
  })
  @ApiEventStream()
  @ApiNoContentResponse({ description: 'There are no further events' })
  @ApiProblems(404)
  async follow(
    @Owner() owner: string,
    @Param('id', UuidParam) id: string,
    @Query() { starting_after }: RunEventsQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const slot = this.#streams.admit(owner, reply);
    const following =
      lastEventId === undefined
        ? await this.#runs.locate(owner, id, starting_after ?? '', 'starting_after')
        : await this.#runs.locate(owner, id, lastEventId, 'Last-Event-ID');
    if (following !== undefined) return this.#streams.openRun(following.run, slot, following.after);
    void reply.status(HttpStatus.NO_CONTENT);
    return undefined;
  }

  @Post(':id/cancel')
  @ApiOperation({
    summary: 'Cancel a run; its partial answer is kept',
    description: '202 if it was running, 200 if it had ended already',
  })
  @ApiOkResponse({ description: 'It had ended already', type: RunView })
  @ApiAcceptedResponse({ description: 'It is being cancelled', type: RunView })
  @ApiProblems(404)
  async cancel(
    @Owner() owner: string,
    @IsOperator() isOperator: boolean,
    @Param('id', UuidParam) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RunView> {
    const { run, isFinished } = await this.#cancellations.cancel(owner, id);
    void reply.status(isFinished ? HttpStatus.OK : HttpStatus.ACCEPTED);
    return runFor(run, isOperator);
  }
}
