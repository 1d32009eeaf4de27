import { Database } from '#database';
import { Body, Controller, Headers, HttpCode, Param, Post, Res, type StreamableFile } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Owner } from '#auth';
import { ApiProblems, notFound, UuidParam } from '#problems';
import { type FastifyReply } from 'fastify';
import { type RunView } from '../model/run.view.js';
import { ApiTurnOrRunResponse } from './api-responses.js';
import { responseForm } from './response-form.js';
import { IdempotencyKey } from './idempotency-key.js';
import { SentMessage } from './sent-message.js';
import { TurnResponder } from './turn-responder.js';
import { RegenerateDto } from './turn.dto.js';
import { turnRequest, type TurnTarget } from './turn-request.js';
import { findAnsweredMessage } from '../store/answered-message.js';
import { regeneration } from './regeneration.js';

/** `POST /api/messages/{id}/regenerate`: answers a user's message again. */
@ApiTags('messages')
@Controller('api/messages')
export class RegenerateController {
  readonly #database: Database;
  readonly #responder: TurnResponder;

  constructor(database: Database, responder: TurnResponder) {
    this.#database = database;
    this.#responder = responder;
  }

  @Post(':id/regenerate')
  @HttpCode(200)
  @ApiOperation({
    summary: "Answer a user's message again: wait for the answer, follow it as events, or respond-async",
    description:
      'The id is that of the message or of an answer to it. Settings that the body leaves out are those of that answer.',
  })
  @ApiTurnOrRunResponse(SentMessage)
  @ApiProblems(404, 409, 413, 422, 502)
  async regenerate(
    @Owner() owner: string,
    @Param('id', UuidParam) id: string,
    @Body() body: RegenerateDto,
    @Headers('accept') accept: string | undefined,
    @Headers('prefer') prefer: string | undefined,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SentMessage | StreamableFile | RunView> {
    const answered = await findAnsweredMessage(this.#database, owner, id);
    if (answered === undefined) throw notFound('message', id);
    const { user } = answered;
    const form = responseForm({ accept, prefer, stream: body.settings?.stream });
    const target: TurnTarget = {
      conversationId: user.conversation_id,
      parentId: user.id,
      userMessage: undefined,
    };
    const request = turnRequest(target, regeneration(body, answered), { owner, form, key });
    return this.#responder.respond(request, form, reply, user);
  }
}
