import { Inject, Injectable } from '@nestjs/common';
import { GroupCommit, type GroupCommitOptions, SystemDatabase } from '#database';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { chatDefaults, type ChatOptions } from '../options/chat-options.js';
import { maxBatch } from './few-rows.js';
import { writeContinuations } from './continue-conversations.js';
import { writeRunEnds, type RunEndResult, type RunEndRow } from './finish-runs.js';
import { lookUpBegunTurns, lookUpRunEnds } from './look-up-turns.js';
import { writeOpenings } from './open-conversations.js';
import { type BegunTurn, type TurnRow } from './turn-row.js';

/**
 * Writes beginnings and ends of turns; those that come together share a statement and its commit. One whose commit nobody
 * confirmed is looked up by its ids, and written again if it is not there.
 */
@Injectable()
export class TurnStore {
  readonly #openings: GroupCommit<TurnRow, BegunTurn>;
  readonly #continuations: GroupCommit<TurnRow, BegunTurn>;
  readonly #ends: GroupCommit<RunEndRow, RunEndResult>;

  constructor(database: SystemDatabase, @Inject(CHAT_OPTIONS) options: ChatOptions) {
    const beginning: GroupCommitOptions<TurnRow, BegunTurn> = {
      maxBatch,
      owner: (row) => row.owner,
      ownerShare: options.ownerShare ?? 1,
      lookUp: (rows, signal) => lookUpBegunTurns(database, rows, signal),
      // An answer that was waited for in vain is looked for, too, for as long as a connection is.
      recoverForMs: (database.answerTimeoutMs * 4) / 3,
      stallMs: database.answerTimeoutMs / 3,
    };
    this.#openings = new GroupCommit((rows) => writeOpenings(database, rows), beginning);
    this.#continuations = new GroupCommit((rows) => writeContinuations(database, rows), {
      ...beginning,
      conflictKey: (row) => row.conversation_id,
    });
    this.#ends = new GroupCommit((rows) => writeRunEnds(database, rows), {
      maxBatch,
      // No owner share: the end of a run must never be refused.
      owner: (row) => row.owner,
      conflictKey: (row) => row.conversation_id,
      lookUp: (rows, signal) => lookUpRunEnds(database, rows, signal),
      recoverForMs: chatDefaults.storeTimeoutMs,
      stallMs: database.answerTimeoutMs / 3,
    });
  }

  begin(row: TurnRow): Promise<BegunTurn> {
    return (row.is_new ? this.#openings : this.#continuations).submit(row);
  }

  finish(run: RunEndRow): Promise<RunEndResult> {
    return this.#ends.submit(run);
  }
}
