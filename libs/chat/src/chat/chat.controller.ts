import { Body, Controller, Headers, HttpCode, Post, Res, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Owner } from '#auth';
import { type FastifyReply } from 'fastify';
import { runProblem } from '../runs/run-problem.js';
import { answerForm } from '../streams/answer-form.js';
import { RunStreams } from '../streams/run-streams.js';
import { ChatDto } from '../turns/turn.dto.js';
import { turnRequest } from '../turns/turn-request.js';
import { Turns } from '../turns/turns.service.js';
import { chatReply, type ChatReply } from './chat-reply.js';

@ApiTags('chat')
@Controller('api/chat')
export class ChatController {
  constructor(
    private readonly turns: Turns,
    private readonly streams: RunStreams,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Chat in one call' })
  async chat(
    @Owner() owner: string,
    @Body() body: ChatDto,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChatReply | StreamableFile> {
    const form = answerForm({ accept, stream: body.settings?.stream });
    const run = await this.turns.begin(turnRequest(owner, body.conversation_id, body.message, body, form));
    if (form === 'events') return this.streams.open(run, reply);
    const turn = await run.finished;
    if (turn.run.status !== 'completed') throw runProblem(turn);
    return chatReply(turn);
  }
}
