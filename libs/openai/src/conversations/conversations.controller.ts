import { Audited, Owner } from '#auth';
import { ReservePageMemory } from '#backpressure';
import {
  ApiIdempotencyKey,
  ClientRetries,
  Conversations,
  IdempotencyKey,
  type MessageToAppend,
  NewestBranch,
  requestHash,
  titleOf,
} from '#chat';
import { validationFailed } from '#problems';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { ApiErrors } from '../errors/api-errors.js';
import { uuidOf } from '../ids/resource-ids.js';
import { parseMessages } from '../input/parse-messages.js';
import { ItemList, itemList } from '../items/item-list.js';
import { itemView, MessageItem } from '../items/item.view.js';
import {
  CreateConversationDto,
  CreateItemsDto,
  ItemListQuery,
  UpdateConversationDto,
} from './conversation.dto.js';
import { conversationObject, ConversationObject, DeletedConversation } from './conversation.view.js';

const maxItems = 20;

/** `/v1/conversations`: the conversations of `/api`, as the OpenAI API shows them. */
@ApiTags('openai')
@Controller('v1/conversations')
export class OpenAiConversationsController {
  readonly #conversations: Conversations;
  readonly #branch: NewestBranch;
  readonly #retries: ClientRetries;

  constructor(conversations: Conversations, branch: NewestBranch, retries: ClientRetries) {
    this.#retries = retries;
    this.#conversations = conversations;
    this.#branch = branch;
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Create a conversation, with earlier messages' })
  @ApiOkResponse({ type: ConversationObject })
  @ApiIdempotencyKey()
  @ApiErrors(413)
  async create(
    @Owner() owner: string,
    @Body() body: CreateConversationDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConversationObject> {
    const said = saidIn(body.items ?? [], true);
    const first = said.find(({ role }) => role === 'user');
    const fields = {
      title: first === undefined ? null : titleOf(first.content),
      metadata: body.metadata ?? {},
    };
    const hash = requestHash({ operation: 'conversation', body });
    const idempotency = await this.#retries.keyOf(owner, reply, hash);
    return conversationObject(await this.#conversations.create(owner, fields, said, idempotency));
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a conversation' })
  @ApiOkResponse({ type: ConversationObject })
  @ApiErrors(404)
  async read(@Owner() owner: string, @Param('id') id: string): Promise<ConversationObject> {
    return conversationObject(await this.#conversations.read(owner, uuidOf('conv', id)));
  }

  @Post(':id')
  @HttpCode(200)
  @ApiOperation({ summary: 'Change the metadata of a conversation' })
  @ApiOkResponse({ type: ConversationObject })
  @ApiIdempotencyKey()
  @ApiErrors(404, 413)
  async update(
    @Owner() owner: string,
    @Param('id') id: string,
    @Body() { metadata }: UpdateConversationDto,
    @IdempotencyKey() key: string | undefined,
  ): Promise<ConversationObject> {
    const changes = metadata === undefined ? {} : { metadata: metadata ?? {} };
    const hash = requestHash({ operation: 'update conversation', id, metadata });
    const idempotency = key === undefined ? undefined : { key, hash };
    return conversationObject(
      await this.#conversations.update(owner, uuidOf('conv', id), changes, idempotency),
    );
  }

  @Delete(':id')
  @Audited('conversation.delete')
  @ApiOperation({ summary: 'Delete a conversation with all its items' })
  @ApiOkResponse({ type: DeletedConversation })
  @ApiErrors(404)
  async delete(@Owner() owner: string, @Param('id') id: string): Promise<DeletedConversation> {
    await this.#conversations.delete(owner, uuidOf('conv', id));
    return { id, object: 'conversation.deleted', deleted: true };
  }

  @Get(':id/items')
  @ReservePageMemory()
  @ApiOperation({
    summary: 'List the items of a conversation, newest first unless `order` is `asc`',
  })
  @ApiOkResponse({ type: ItemList })
  @ApiErrors(404)
  async items(
    @Owner() owner: string,
    @Param('id') id: string,
    @Query() { limit, after, order }: ItemListQuery,
  ): Promise<ItemList> {
    const { messages, hasMore } = await this.#branch.page(owner, uuidOf('conv', id), {
      limit,
      isNewestFirst: order === 'desc',
      afterId: after === undefined ? undefined : uuidOf('msg', after),
    });
    return itemList(messages.map(itemView), hasMore);
  }

  @Post(':id/items')
  @HttpCode(200)
  @ApiOperation({ summary: 'Add messages to a conversation' })
  @ApiOkResponse({ type: ItemList })
  @ApiIdempotencyKey()
  @ApiErrors(404, 409, 413)
  async addItems(
    @Owner() owner: string,
    @Param('id') id: string,
    @Body() { items }: CreateItemsDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ItemList> {
    const said = saidIn(items);
    if (said.length === 0) return itemList([], false);
    const hash = requestHash({ operation: 'items', id, items });
    const idempotency = await this.#retries.keyOf(owner, reply, hash);
    const added = await this.#branch.append(owner, uuidOf('conv', id), said, idempotency);
    return itemList(added.map(itemView), false);
  }

  @Get(':id/items/:item')
  @ReservePageMemory()
  @ApiOperation({ summary: 'Read an item' })
  @ApiOkResponse({ type: MessageItem })
  @ApiErrors(404)
  async item(
    @Owner() owner: string,
    @Param('id') id: string,
    @Param('item') item: string,
  ): Promise<MessageItem> {
    return itemView(await this.#branch.read(owner, uuidOf('conv', id), uuidOf('msg', item)));
  }

  @Delete(':id/items/:item')
  @Audited('item.delete')
  @ApiOperation({ summary: 'Delete an item; later items are kept' })
  @ApiOkResponse({ type: ConversationObject })
  @ApiErrors(404, 409)
  async deleteItem(
    @Owner() owner: string,
    @Param('id') id: string,
    @Param('item') item: string,
  ): Promise<ConversationObject> {
    await this.#branch.erase(owner, uuidOf('conv', id), uuidOf('msg', item));
    return this.read(owner, id);
  }
}

function saidIn(items: unknown, mayBeEmpty = false): MessageToAppend[] {
  const messages = parseMessages(items, 'items', mayBeEmpty);
  if (messages.length > maxItems) {
    throw validationFailed([
      { field: 'items', code: 'array_above_max_length', detail: `must be at most ${maxItems} items` },
    ]);
  }
  return messages.map(({ role, content }, at) => {
    if (role !== 'system') return { role, content };
    throw validationFailed([
      { field: `items[${at}].role`, code: 'unsupported_parameter', detail: 'must be user or assistant' },
    ]);
  });
}
