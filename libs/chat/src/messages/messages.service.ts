import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Page, type PageQuery } from '#problems';
import { type Repository } from 'typeorm';
import { Conversations } from '../conversations/conversations.service.js';
import { keysetPage } from '../paging/keyset.js';
import { Message } from './message.entity.js';

const inOrder = { columns: ['seq'], direction: 'ASC' } as const;

/** What was said in a conversation. */
@Injectable()
export class Messages {
  constructor(
    @InjectRepository(Message) private readonly table: Repository<Message>,
    private readonly conversations: Conversations,
  ) {}

  /** @throws Problem 404 for a conversation that is not this owner's */
  async list(owner: string, conversationId: string, query: PageQuery): Promise<Page<Message>> {
    await this.conversations.read(owner, conversationId);
    const select = this.table
      .createQueryBuilder('item')
      .where('item.conversation_id = :conversationId', { conversationId });
    return keysetPage(select, inOrder, query);
  }
}
