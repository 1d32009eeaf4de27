import { Injectable } from '@nestjs/common';
import { Database } from '#database';
import { notFound } from '#problems';
import { type Repository, type SelectQueryBuilder } from 'typeorm';
import { Conversation } from '../model/conversation.entity.js';
import { Message } from '../model/message.entity.js';
import { messageColumns } from './message-columns.js';
import { type StoredLength } from './stored-text.js';
import { type Turn } from '../model/turn.js';
import { type GenerationRequest } from '../model/generation-request.js';
import { Run } from '../model/run.entity.js';
import { runView, type RunView } from '../model/run.view.js';

/** A turn as it is stored. */
export interface StoredTurn {
  turn: Turn;
  /** The attempt that the stored text came from. */
  textAttempt: number;
  /** The request that the run is generated from. */
  generation: GenerationRequest;
}

/** A stored turn, without its answer if that is long. */
export interface StoredTurnWithoutLongAnswer extends StoredTurn {
  /** The length of the omitted answer; undefined if the answer is in the turn. */
  answerLength: StoredLength | undefined;
}

/** Bytes of UTF-8 above which an answer is not read into memory as a whole for each reader. */
const longAnswerBytes = 64 * 1024;

/** PostgreSQL knows the length in bytes of a stored text without reading it. Characters are counted only for long texts. */
const replyWithoutLongContent = `
    SELECT ${messageColumns('m', { content: `CASE WHEN octet_length(m.content) > ${longAnswerBytes} THEN '' ELSE m.content END` })},
      octet_length(m.content) AS octets,
      CASE WHEN octet_length(m.content) > ${longAnswerBytes} THEN char_length(m.content) END AS chars
    FROM messages m WHERE m.id = $1`;

/** Reads stored runs and their turns. */
@Injectable()
export class RunArchive {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Reads a run. @throws Problem 404 if the owner has no such run */
  async read(owner: string, id: string): Promise<RunView> {
    const run = await this.#database
      .forOwner(owner)
      .repository(Run, (runs) => owned(runs, owner, id).getOne());
    if (run === null) throw notFound('run', id);
    return runView(run);
  }

  /** Reads the whole turn of a run. Undefined if the owner has no such run. */
  turn(owner: string, id: string): Promise<StoredTurn | undefined> {
    return this.#database.forOwner(owner).repository(Run, async (runs) => {
      const run = await owned(runs, owner, id).getOne();
      const messages = runs.manager.getRepository(Message);
      const reply = run && (await messages.findOneBy({ id: run.message_id }));
      const user = reply?.parent_id ? await messages.findOneBy({ id: reply.parent_id }) : null;
      if (run === null || reply === null || user === null) return undefined;
      const turn = { owner, user, reply, run: runView(run), fence: run.fence };
      return { turn, textAttempt: run.text_attempt, generation: run.request };
    });
  }

  /** Like {@link turn}, but without a long answer, which is then read in slices. */
  withoutLongAnswer(owner: string, id: string): Promise<StoredTurnWithoutLongAnswer | undefined> {
    return this.#database.forOwner(owner).repository(Run, async (runs) => {
      type Row = Message & { octets: number; chars: number | null };
      const run = await owned(runs, owner, id).getOne();
      const [row] =
        run === null ? [] : await runs.manager.query<Row[]>(replyWithoutLongContent, [run.message_id]);
      const messages = runs.manager.getRepository(Message);
      const user = row?.parent_id ? await messages.findOneBy({ id: row.parent_id }) : null;
      if (run === null || row === undefined || user === null) return undefined;
      const { octets, chars, ...reply } = row;
      return {
        turn: { owner, user, reply, run: runView(run), fence: run.fence },
        textAttempt: run.text_attempt,
        generation: run.request,
        answerLength: chars === null ? undefined : { chars, octets },
      };
    });
  }

  /** Reads the request that a run is generated from. Undefined if the owner has no such run. */
  async generationOf(owner: string, id: string): Promise<GenerationRequest | undefined> {
    const find = (runs: Repository<Run>) => owned(runs, owner, id).getOne();
    return (await this.#database.forOwner(owner).repository(Run, find))?.request;
  }
}

function owned(runs: Repository<Run>, owner: string, id: string): SelectQueryBuilder<Run> {
  return runs
    .createQueryBuilder('run')
    .innerJoin(Conversation, 'conversation', 'conversation.id = run.conversation_id')
    .where('run.id = :id AND conversation.owner = :owner', { id, owner });
}
