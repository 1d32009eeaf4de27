import { Injectable } from '@nestjs/common';
import { Database } from '#database';
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
  constructor(private readonly database: Database) {}

  /** @throws Problem 404 for a run that is not this owner's */
  async read(owner: string, id: string): Promise<RunView> {
    const run = await this.database
      .forOwner(owner)
      .repository(Run, (runs) => owned(runs, owner, id).getOne());
    if (run === null) throw notFound('run', id);
    return runView(run);
  }

  /** Everything of the turn of this owner's run; undefined when there is no such run. */
  turn(owner: string, id: string): Promise<StoredTurn | undefined> {
    return this.database.forOwner(owner).repository(Run, async (runs) => {
      const run = await owned(runs, owner, id).getOne();
      const messages = runs.manager.getRepository(Message);
      const reply = run && (await messages.findOneBy({ id: run.message_id }));
      const user = reply?.parent_id ? await messages.findOneBy({ id: reply.parent_id }) : null;
      if (run === null || reply === null || user === null) return undefined;
      const turn = { owner, user, reply, run: runView(run), fence: run.fence };
      return { turn, textAttempt: run.text_attempt, request: run.request };
    });
  }
}

function owned(runs: Repository<Run>, owner: string, id: string): SelectQueryBuilder<Run> {
  return runs
    .createQueryBuilder('run')
    .innerJoin(Conversation, 'conversation', 'conversation.id = run.conversation_id')
    .where('run.id = :id AND conversation.owner = :owner', { id, owner });
}
