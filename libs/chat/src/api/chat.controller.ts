import { Body, Controller, Headers, HttpCode, Post, Res, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { isOperator, Owner } from '#auth';
import { ApiProblems } from '#problems';
import { type FastifyReply } from 'fastify';
import { RunCompletion } from '../runs/following/run-completion.js';
import { runProblem } from './run-problem.js';
import { responseForm } from './response-form.js';
import { ApiTurnResponse } from './api-responses.js';
import { EventStreams } from '../streams/event-streams.js';
import { IdempotencyKey } from './idempotency-key.js';
import { ChatDto } from './turn.dto.js';
import { turnRequest, type TurnTarget } from './turn-request.js';
import { Turns } from '../turns/turns.service.js';
import { chatReply, ChatReply } from './chat-reply.js';

/** `POST /api/chat`: a message and its answer in one call. */
@ApiTags('chat')
@Controller('api/chat')
export class ChatController {
  readonly #turns: Turns;
  readonly #completion: RunCompletion;
  readonly #streams: EventStreams;

  constructor(turns: Turns, completion: RunCompletion, streams: EventStreams) {
    this.#turns = turns;
    this.#completion = completion;
    this.#streams = streams;
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Chat in one call' })
  @ApiTurnResponse(ChatReply)
  @ApiProblems(404, 409, 413, 422, 502)
  async chat(
    @Owner() owner: string,
    @Body() body: ChatDto,
    @Headers('accept') accept: string | undefined,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChatReply | StreamableFile> {
    const form = responseForm({ accept, stream: body.settings?.stream });
    const target: TurnTarget = {
      conversationId: body.conversation_id?.toLowerCase(),
      userMessage: { id: undefined, content: body.message },
    };
    const slot = form === 'events' ? this.#streams.admit(owner, reply) : undefined;
    const run = await this.#turns.begin(turnRequest(target, body, { owner, form, key }));
    if (slot !== undefined) return this.#streams.openRun(run, slot);
    const turn = await this.#completion.wait(run);
    if (turn.run.status !== 'completed') throw runProblem(turn, isOperator(reply.request));
    return chatReply(turn);
  }
}
