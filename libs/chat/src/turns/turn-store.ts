import { Injectable } from '@nestjs/common';
import { Database, GroupCommit } from '#database';
import { maxBatch } from './few-rows.js';
import { writeTurns, type BegunTurn, type TurnRow } from './begin-turns.js';
import { writeFinishedRuns, type FinishedAt, type FinishedRun } from './finish-runs.js';

/** Writes beginnings and ends of turns; those that come together share a statement and its commit. */
@Injectable()
export class TurnStore {
  readonly #beginnings: GroupCommit<TurnRow, BegunTurn>;
  readonly #ends: GroupCommit<FinishedRun, FinishedAt>;

  constructor(database: Database) {
    this.#beginnings = new GroupCommit((rows) => writeTurns(database, rows), {
      maxBatch,
      conflictKey: (row) => row.conversation_id,
    });
    this.#ends = new GroupCommit((rows) => writeFinishedRuns(database, rows), {
      maxBatch,
      conflictKey: (row) => row.conversation_id,
    });
  }

  begin(row: TurnRow): Promise<BegunTurn> {
    return this.#beginnings.submit(row);
  }

  finish(run: FinishedRun): Promise<FinishedAt> {
    return this.#ends.submit(run);
  }
}
