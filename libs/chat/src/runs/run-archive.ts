import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { notFound } from '#problems';
import { type Repository, type SelectQueryBuilder } from 'typeorm';
import { Conversation } from '../conversations/conversation.entity.js';
import { Message } from '../messages/message.entity.js';
import { type Turn } from '../turns/turn.js';
import { type StoredRequest } from '../turns/stored-request.js';
import { Run } from './run.entity.js';
import { runView, type RunView } from './run.view.js';

/** A turn out of the database. */
export interface StoredTurn {
  turn: Turn;
  /** The attempt that the stored text came from. */
  textAttempt: number;
  /** What the run was generated from. */
  request: StoredRequest;
}

/** Runs as the database knows them. */
@Injectable()
export class RunArchive {
  constructor(
    @InjectRepository(Run) private readonly runs: Repository<Run>,
    @InjectRepository(Message) private readonly messages: Repository<Message>,
  ) {}

  /** @throws Problem 404 for a run that is not this owner's */
  async read(owner: string, id: string): Promise<RunView> {
    const run = await this.#owned(owner, id).getOne();
    if (run === null) throw notFound('run', id);
    return runView(run);
  }

  /** The same as {@link turn}, of this owner's alone. */
  async turnOf(owner: string, id: string): Promise<StoredTurn | undefined> {
    return (await this.#owned(owner, id).getExists()) ? this.turn(id) : undefined;
  }

  /** Everything of a run's turn; undefined when it is gone. */
  async turn(id: string): Promise<StoredTurn | undefined> {
    const run = await this.runs.findOneBy({ id });
    const reply = run && (await this.messages.findOneBy({ id: run.message_id }));
    const user = reply?.parent_id ? await this.messages.findOneBy({ id: reply.parent_id }) : null;
    if (run === null || reply === null || user === null) return undefined;
    const turn = { user, reply, run: runView(run), fence: run.fence };
    return { turn, textAttempt: run.text_attempt, request: run.request };
  }

  #owned(owner: string, id: string): SelectQueryBuilder<Run> {
    return this.runs
      .createQueryBuilder('run')
      .innerJoin(Conversation, 'conversation', 'conversation.id = run.conversation_id')
      .where('run.id = :id AND conversation.owner = :owner', { id, owner });
  }
}
