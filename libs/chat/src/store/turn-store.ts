import { Inject, Injectable } from '@nestjs/common';
import { GroupCommit, type GroupCommitOptions, SystemDatabase } from '#database';
import { CHAT_OPTIONS } from '../options/chat.module-definition.js';
import { chatDefaults, type ChatOptions } from '../options/chat-options.js';
import { maxBatch } from './batches.js';
import { writeContinuations } from './continue-conversations.js';
import { writeRunEnds, type RunEndResult, type RunEndRow } from './finish-runs.js';
import { lookUpTurns, lookUpRunEnds } from './look-up-turns.js';
import { writeOpenings } from './open-conversations.js';
import { type TurnRowResult, type TurnRow } from './turn-row.js';

/** How long the outcome of an unanswered statement is looked up, in ms. */
const lookUpMs = 1_000;

/**
 * Writes new turns and the ends of runs, with group commit: concurrent ones share a statement and its commit. A write whose
 * commit was not confirmed is looked up by its ids, and repeated if it is missing.
 */
@Injectable()
export class TurnStore {
  readonly #openings: GroupCommit<TurnRow, TurnRowResult>;
  readonly #continuations: GroupCommit<TurnRow, TurnRowResult>;
  readonly #ends: GroupCommit<RunEndRow, RunEndResult>;

  constructor(database: SystemDatabase, @Inject(CHAT_OPTIONS) options: ChatOptions) {
    const beginning: GroupCommitOptions<TurnRow, TurnRowResult> = {
      maxBatch,
      owner: (row) => row.owner,
      ownerShare: options.ownerShare ?? 1,
      lookUp: (rows, signal) => lookUpTurns(database, rows, signal),
      // The caller has waited for `DATABASE_TIMEOUT` by then if the statement was not answered.
      recoverForMs: database.answerTimeoutMs + lookUpMs,
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

  /** Writes a new turn. @throws OwnerLimitError, WriteQueueFullError, DatabaseUnavailableError, and what PostgreSQL reports */
  begin(row: TurnRow): Promise<TurnRowResult> {
    return (row.is_new ? this.#openings : this.#continuations).submit(row);
  }

  /** Writes the end of a run. @throws WriteQueueFullError, DatabaseUnavailableError, and what PostgreSQL reports */
  finish(run: RunEndRow): Promise<RunEndResult> {
    return this.#ends.submit(run);
  }
}
