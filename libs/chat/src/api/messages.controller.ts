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
import { ReservePageMemory } from '#backpressure';
import { ApiPage, ApiProblems, type Page, UuidParam } from '#problems';
import { type FastifyReply } from 'fastify';
import { type RunView } from '../model/run.view.js';
import { ApiTurnOrRunResponse } from './api-responses.js';
import { responseForm } from './response-form.js';
import { IdempotencyKey } from './idempotency-key.js';
import { SentMessage } from './sent-message.js';
import { TurnResponder } from './turn-responder.js';
import { SendMessageDto } from './turn.dto.js';
import { turnRequest, type TurnTarget } from './turn-request.js';
import { MessageListQuery } from './message-list.query.js';
import { ListedMessage } from '../model/message.view.js';
import { MessageLists } from '../conversations/message-lists.service.js';

/** `/api/conversations/{id}/messages`: lists and sends messages. */
@ApiTags('messages')
@Controller('api/conversations/:id/messages')
export class MessagesController {
  readonly #messages: MessageLists;
  readonly #responder: TurnResponder;

  constructor(messages: MessageLists, responder: TurnResponder) {
    this.#messages = messages;
    this.#responder = responder;
  }

  @Get()
  @ReservePageMemory()
  @ApiOperation({ summary: 'List the messages of a branch, or of all branches, in order' })
  @ApiPage(ListedMessage)
  @ApiProblems(404)
  list(
    @Owner() owner: string,
    @Param('id', UuidParam) id: string,
    @Query() query: MessageListQuery,
  ): Promise<Page<ListedMessage>> {
    return this.#messages.list(owner, id, query);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Send a message: wait for the answer, follow it as events, or respond-async' })
  @ApiTurnOrRunResponse(SentMessage)
  @ApiProblems(404, 409, 413, 422, 502)
  async send(
    @Owner() owner: string,
    @Param('id', UuidParam) id: string,
    @Body() body: SendMessageDto,
    @Headers('accept') accept: string | undefined,
    @Headers('prefer') prefer: string | undefined,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SentMessage | StreamableFile | RunView> {
    const form = responseForm({ accept, prefer, stream: body.settings?.stream });
    const target: TurnTarget = {
      conversationId: id,
      parentId: body.parent_id === null ? null : body.parent_id?.toLowerCase(),
      userMessage: { id: body.id?.toLowerCase(), content: body.content },
    };
    return this.#responder.respond(turnRequest(target, body, { owner, form, key }), form, reply);
  }
}
