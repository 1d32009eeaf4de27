import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Res,
  type StreamableFile,
} from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Owner } from '#auth';
import { type Page, PageQuery, UuidParam } from '#problems';
import { type FastifyReply } from 'fastify';
import { runProblem } from '../runs/run-problem.js';
import { type RunView } from '../runs/run.view.js';
import { answerForm } from '../streams/answer-form.js';
import { RunStreams } from '../streams/run-streams.js';
import { SendMessageDto } from '../turns/turn.dto.js';
import { turnRequest } from '../turns/turn-request.js';
import { Turns } from '../turns/turns.service.js';
import { type Message } from './message.entity.js';
import { Messages } from './messages.service.js';

/** A turn that was waited for. */
interface SentMessage {
  message: Message;
  reply: Message;
  run: RunView;
}

@ApiTags('messages')
@Controller('api/conversations/:id/messages')
export class MessagesController {
  constructor(
    private readonly messages: Messages,
    private readonly turns: Turns,
    private readonly streams: RunStreams,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List messages in their order' })
  list(
    @Owner() owner: string,
    @Param('id', UuidParam) id: string,
    @Query() query: PageQuery,
  ): Promise<Page<Message>> {
    return this.messages.list(owner, id, query);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Send a message: wait for the answer, follow it as events, or respond-async' })
  async send(
    @Owner() owner: string,
    @Param('id', UuidParam) id: string,
    @Body() body: SendMessageDto,
    @Headers('accept') accept: string | undefined,
    @Headers('prefer') prefer: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SentMessage | StreamableFile | RunView> {
    const form = answerForm({ accept, prefer, stream: body.settings?.stream });
    const request = turnRequest(owner, id, body.content, body, form);
    const run = await this.turns.begin(request);
    if (form === 'events') return this.streams.open(run, reply);
    if (form === 'async') {
      void reply
        .status(202)
        .header('location', `/api/runs/${run.id}`)
        .header('preference-applied', 'respond-async');
      return run.turn.run;
    }
    const turn = await run.finished;
    if (turn.run.status !== 'completed') throw runProblem(turn);
    return { message: turn.user, reply: turn.reply, run: turn.run };
  }
}
