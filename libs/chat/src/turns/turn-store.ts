import { Injectable } from '@nestjs/common';
import { Database, GroupCommit } from '#database';
import { chatDefaults } from '../chat-options.js';
import { maxBatch } from './few-rows.js';
import { writeTurns, type BegunTurn, type TurnRow } from './begin-turns.js';
import { writeFinishedRuns, type FinishedAt, type FinishedRun } from './finish-runs.js';
import { lookUpBegunTurns, lookUpFinishedRuns } from './look-up-turns.js';

/**
 * Writes beginnings and ends of turns; those that come together share a statement and its commit. One whose commit nobody
 * confirmed is looked up by its ids, and written again if it is not there.
 */
@Injectable()
export class TurnStore {
  readonly #beginnings: GroupCommit<TurnRow, BegunTurn>;
  readonly #ends: GroupCommit<FinishedRun, FinishedAt>;

  constructor(database: Database) {
    this.#beginnings = new GroupCommit((rows) => writeTurns(database, rows), {
      maxBatch,
      conflictKey: (row) => row.conversation_id,
      lookUp: (rows, signal) => lookUpBegunTurns(database, rows, signal),
      // An answer that was waited for in vain is looked for, too, for as long as a connection is.
      recoverForMs: (database.answerTimeoutMs * 4) / 3,
      stallMs: database.answerTimeoutMs / 3,
    });
    this.#ends = new GroupCommit((rows) => writeFinishedRuns(database, rows), {
      maxBatch,
      conflictKey: (row) => row.conversation_id,
      lookUp: (rows, signal) => lookUpFinishedRuns(database, rows, signal),
      recoverForMs: chatDefaults.storeTimeoutMs,
      stallMs: database.answerTimeoutMs / 3,
    });
  }

  begin(row: TurnRow): Promise<BegunTurn> {
    return this.#beginnings.submit(row);
  }

  finish(run: FinishedRun): Promise<FinishedAt> {
    return this.#ends.submit(run);
  }
}
