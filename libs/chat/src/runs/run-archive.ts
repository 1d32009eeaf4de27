import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { notFound } from '#problems';
import { type Repository } from 'typeorm';
import { Conversation } from '../conversations/conversation.entity.js';
import { Attempt } from './attempt.entity.js';
import { Run } from './run.entity.js';
import { runView, type RunView } from './run.view.js';

/** Runs as the database knows them. */
@Injectable()
export class RunArchive {
  constructor(
    @InjectRepository(Run) private readonly runs: Repository<Run>,
    @InjectRepository(Attempt) private readonly attempts: Repository<Attempt>,
  ) {}

  /** @throws Problem 404 for a run that is not this owner's */
  async read(owner: string, id: string): Promise<RunView> {
    const run = await this.runs
      .createQueryBuilder('run')
      .innerJoin(Conversation, 'conversation', 'conversation.id = run.conversation_id')
      .where('run.id = :id AND conversation.owner = :owner', { id, owner })
      .getOne();
    if (run === null) throw notFound('run', id);
    return runView(run, await this.attempts.find({ where: { run_id: id }, order: { number: 'ASC' } }));
  }
}
