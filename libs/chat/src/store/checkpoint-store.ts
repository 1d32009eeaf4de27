import { type Statement, SystemDatabase } from '#database';
import { Injectable } from '@nestjs/common';
import { smallBatchHint } from './batches.js';

/** A part of a run's text that is not stored yet. Field names are those of the statement's columns. */
export interface CheckpointRow {
  /** The owner of the conversation. Nothing is written if the conversation has another owner. */
  owner: string;
  run_id: string;
  /** The run's fencing token: nothing is written if another replica has claimed the run since. */
  fence: number;
  attempt: number;
  /** Where the part begins in the attempt's text, in UTF-16 code units. */
  char_offset: number;
  content: string;
}

/** A part is inserted once, and only while this replica holds the run; the share lock keeps others from claiming it meanwhile. */
const savePieces: Statement = {
  name: 'save_pieces',
  text: `
    WITH piece AS (
      SELECT * FROM json_to_recordset($1) AS p (
        ordinal integer, owner text, run_id uuid, fence integer, attempt integer, char_offset integer, content text)
      ${smallBatchHint}
    ), held AS MATERIALIZED (
      SELECT r.id, r.fence FROM runs r JOIN piece p ON p.run_id = r.id AND p.fence = r.fence
      JOIN conversations c ON c.id = r.conversation_id AND c.owner = p.owner
      WHERE r.status = 'in_progress'
      ORDER BY r.id
      FOR SHARE OF r
    )
    INSERT INTO run_pieces (run_id, attempt, char_offset, content)
    SELECT p.run_id, p.attempt, p.char_offset, p.content
    FROM piece p
    JOIN held ON held.id = p.run_id AND held.fence = p.fence
    ON CONFLICT DO NOTHING`,
};

/** Stores the text of running answers. */
@Injectable()
export class CheckpointStore {
  readonly #database: SystemDatabase;

  constructor(database: SystemDatabase) {
    this.#database = database;
  }

  /** Stores parts of the texts of several runs in one statement. @throws DatabaseUnavailableError */
  async save(rows: readonly CheckpointRow[]): Promise<void> {
    const values = rows.map((row, ordinal) => ({ ordinal, ...row }));
    await this.#database.query(savePieces, [JSON.stringify(values)]);
  }
}
