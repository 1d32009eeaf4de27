import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { Audited, Owner } from '#auth';
import { ReservePageMemory } from '#backpressure';
import { ApiPage, ApiProblems, ClientSignal, type Page, UuidParam } from '#problems';
import { CreateConversationDto, UpdateConversationDto } from './conversation.dto.js';
import { conversationView, ConversationView } from '../model/conversation.view.js';
import { ApiIdempotencyKey } from './api-responses.js';
import { IdempotencyKey } from './idempotency-key.js';
import { requestHash } from '../model/request-hash.js';
import { ConversationListQuery } from './conversation-list.query.js';
import { FoundConversation } from '../search/found-conversation.js';
import { Search } from '../search/search.service.js';
import { Conversations } from '../conversations/conversations.service.js';

/** `/api/conversations`: create, list, search, read, change and delete conversations. */
@ApiTags('conversations')
@Controller('api/conversations')
export class ConversationsController {
  readonly #conversations: Conversations;
  readonly #search: Search;

  constructor(conversations: Conversations, search: Search) {
    this.#conversations = conversations;
    this.#search = search;
  }

  @Post()
  @ApiOperation({ summary: 'Create a conversation' })
  @ApiCreatedResponse({ type: ConversationView })
  @ApiIdempotencyKey()
  @ApiProblems(413, 422)
  async create(
    @Owner() owner: string,
    @Body() body: CreateConversationDto,
    @IdempotencyKey() key: string | undefined,
  ): Promise<ConversationView> {
    const idempotency =
      key === undefined ? undefined : { key, hash: requestHash({ operation: 'create conversation', body }) };
    return conversationView(await this.#conversations.create(owner, body, [], idempotency));
  }

  @Get()
  @ReservePageMemory()
  @ApiOperation({ summary: 'List conversations, newest activity first; with `q` those that match a search' })
  @ApiPage(FoundConversation)
  @ApiProblems(404, 429, 503)
  async list(
    @Owner() owner: string,
    @Query() { q, ...query }: ConversationListQuery,
    @ClientSignal() client: AbortSignal,
  ): Promise<Page<FoundConversation>> {
    if (q !== undefined) return this.#search.find(owner, q, query, client);
    const page = await this.#conversations.list(owner, query);
    return { ...page, data: page.data.map(conversationView) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a conversation' })
  @ApiOkResponse({ type: ConversationView })
  @ApiProblems(404)
  async read(@Owner() owner: string, @Param('id', UuidParam) id: string): Promise<ConversationView> {
    return conversationView(await this.#conversations.read(owner, id));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Rename a conversation or change its metadata' })
  @ApiOkResponse({ type: ConversationView })
  @ApiProblems(404, 413)
  async update(
    @Owner() owner: string,
    @Param('id', UuidParam) id: string,
    @Body() body: UpdateConversationDto,
  ): Promise<ConversationView> {
    return conversationView(await this.#conversations.update(owner, id, body));
  }

  @Delete(':id')
  @Audited('conversation.delete')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a conversation with its messages and runs' })
  @ApiNoContentResponse()
  @ApiProblems(404)
  async delete(@Owner() owner: string, @Param('id', UuidParam) id: string): Promise<void> {
    await this.#conversations.delete(owner, id);
  }
}
